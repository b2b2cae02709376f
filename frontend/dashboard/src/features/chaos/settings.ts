import type { BrainFaults, Faults, FaultSettings } from '@/lib/api/faults';
import { duration, percent } from '@/lib/format';

/** What faults are, whether they are the same, and what they are called. Pure. */

export const OFF: FaultSettings = {
  latency_rate: 0,
  latency_s: 2,
  error_rate: 0,
  drop_rate: 0,
  nan_rate: 0,
  wrong_id_rate: 0,
  constant_score: null,
};

const RATES = ['latency_rate', 'error_rate', 'drop_rate', 'nan_rate', 'wrong_id_rate'] as const;

export function isOff(settings: FaultSettings): boolean {
  return settings.constant_score === null && RATES.every((name) => settings[name] === 0);
}

/** How long a slow one takes says nothing while none is slow. */
export function isSame(a: FaultSettings, b: FaultSettings): boolean {
  return (
    RATES.every((name) => a[name] === b[name]) &&
    a.constant_score === b.constant_score &&
    (a.latency_rate === 0 || a.latency_s === b.latency_s)
  );
}

/** Each fault that is on, as a sentence without its stop; none when all are off. */
export function describe(settings: FaultSettings): string[] {
  const said: string[] = [];
  const say = (rate: number, one: string) => rate > 0 && said.push(`${share(rate)} ${one}`);
  say(settings.latency_rate, `of the attempts to score take ${duration(settings.latency_s)} longer`);
  say(settings.error_rate, 'of the attempts fail');
  say(settings.drop_rate, 'of the attempts are never answered');
  say(settings.nan_rate, 'of the answers have no number for a score');
  say(settings.wrong_id_rate, 'of the answers name another transaction');
  if (settings.constant_score !== null) said.push(`every score is ${settings.constant_score}`);
  return said;
}

export type Sight =
  | { kind: 'silent' } // no brain answers, or none is known
  | { kind: 'off' }
  | { kind: 'on'; settings: FaultSettings }
  | { kind: 'mixed' }; // they differ

/** What is on right now, as far as the brains say. */
export function sight(brains: readonly BrainFaults[]): Sight {
  const told = brains.map(({ faults }) => faults).filter((faults) => faults !== null);
  const [first] = told;
  if (first === undefined) return { kind: 'silent' };
  if (told.some((settings) => !isSame(settings, first))) return { kind: 'mixed' };
  return isOff(first) ? { kind: 'off' } : { kind: 'on', settings: first };
}

/** How many brains do what was asked for, and who does not, after it was asked for. */
export function outcome({ brains }: Faults, wanted: FaultSettings): string {
  const obey = brains.filter(({ faults }) => faults !== null && isSame(faults, wanted)).length;
  const silent = brains.filter(({ faults }) => faults === null).length;
  const refusing = brains.length - obey - silent;
  const others = [refusing > 0 && `${refusing} took no change`, silent > 0 && `${silent} did not answer`].filter(Boolean);
  return `${obey} of ${brains.length} ${brains.length === 1 ? 'brain' : 'brains'} took it${others.length > 0 ? `; ${others.join(', ')}` : ''}.`;
}

function share(rate: number): string {
  return rate === 1 ? 'All' : percent(rate, Number.isInteger(rate * 100) ? 0 : 1);
}
