import type { Faults, FaultSettings } from '@/lib/api/faults';
import { isSame } from '@/lib/faults-words';

/** What is asked of the brains, and what came of it. Pure. */

export const OFF: FaultSettings = {
  latency_rate: 0,
  latency_s: 2,
  error_rate: 0,
  drop_rate: 0,
  nan_rate: 0,
  wrong_id_rate: 0,
  constant_score: null,
};

/** How many brains do what was asked for, and who does not, after it was asked for. */
export function outcome({ brains }: Faults, wanted: FaultSettings): string {
  const obey = brains.filter(({ faults }) => faults !== null && isSame(faults, wanted)).length;
  const silent = brains.filter(({ faults }) => faults === null).length;
  const refusing = brains.length - obey - silent;
  const others = [refusing > 0 && `${refusing} took no change`, silent > 0 && `${silent} did not answer`].filter(Boolean);
  return `${obey} of ${brains.length} ${brains.length === 1 ? 'brain' : 'brains'} took it${others.length > 0 ? `; ${others.join(', ')}` : ''}.`;
}
