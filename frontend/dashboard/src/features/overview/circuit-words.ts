import type { Tone } from '@/components/ui/chip';
import type { CircuitStatus } from '@/lib/api/circuit';

export type CircuitState = CircuitStatus['state'];

export const CIRCUIT: Record<CircuitState, { tone: Tone; word: string; sentence: string }> = {
  closed: { tone: 'good', word: 'Closed', sentence: 'Every request is scored.' },
  open: { tone: 'bad', word: 'Open', sentence: 'Requests are answered fail-open, without a score.' },
  'half-open': { tone: 'warn', word: 'Half-open', sentence: 'One trial request decides whether scoring resumes.' },
};

/** "1 gateway, closed", "3 gateways: 2 closed, 1 open". */
export function gatewaysInWords(instances: CircuitStatus['instances']): string {
  const states = (Object.keys(CIRCUIT) as CircuitState[]).flatMap((state) => {
    const n = instances.filter((instance) => instance.state === state).length;
    return n ? [`${n} ${state}`] : [];
  });
  if (instances.length === 1) return `1 gateway, ${instances[0]?.state}`;
  return `${instances.length} gateways: ${states.join(', ')}`;
}

/** "1 of 2 answer"; "none known" where no brain was ever heard of. */
export function brainsInWords(brains: CircuitStatus['brains']): string {
  if (brains.length === 0) return 'none known';
  const well = brains.filter((brain) => brain.reach === 'live' && !brain.is_suspect && !brain.is_distrusted).length;
  return `${well} of ${brains.length} ${well === 1 ? 'answers' : 'answer'}`;
}

/** What is next, for an open circuit; `leftMs`: until a trial may be made. */
export function nextAttempt(leftMs: number, isReachable: boolean): string {
  const left = Math.ceil(leftMs / 1_000);
  if (left > 0) return `Next attempt in ${left} s.`;
  return isReachable ? 'The next attempt is due.' : 'No brain is reachable: the next attempt waits for one.';
}

