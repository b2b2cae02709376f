import type { CircuitStatus } from './api/circuit';
import type { Tone } from './tone';

/** What the state of a circuit means, in the words of every page. */

export type CircuitState = CircuitStatus['state'];

interface Meaning {
  tone: Tone;
  word: string;
  /** What it means now. */
  sentence: string;
  /** What it meant when it was last heard of. */
  before: string;
}

const UNSCORED = 'Requests are answered fail-open, without a score.';
const WERE_UNSCORED = 'Requests were answered fail-open, without a score.';

const MEANING: Record<CircuitState, Meaning> = {
  closed: { tone: 'good', word: 'Closed', sentence: 'Requests are sent to a brain.', before: 'Requests were sent to a brain.' },
  open: { tone: 'bad', word: 'Open', sentence: UNSCORED, before: WERE_UNSCORED },
  // as of an open one: a trial that fails every half minute changes nothing for anybody else
  'half-open': { tone: 'warn', word: 'Half-open', sentence: UNSCORED, before: WERE_UNSCORED },
};

export const CIRCUIT_STATES = Object.keys(MEANING) as CircuitState[];

/** A state that a newer gateway brings is shown by its name. */
export function meaningOf(state: CircuitState): Meaning {
  const unheard: Meaning = { tone: 'unknown', word: state, sentence: 'This page does not know what that means.', before: '' };
  return (MEANING as Partial<Record<string, Meaning>>)[state] ?? unheard;
}

export type Fleet = Pick<CircuitStatus, 'fleet_state' | 'instances'>;

/** What the worst state of all gateways means. `where`: " on 2 of 3 gateways" where not all lack scores, else nothing. */
export function scoring({ fleet_state, instances }: Fleet): Meaning & { where: string } {
  const meaning = meaningOf(fleet_state);
  const isClosed = fleet_state === 'closed';
  const n = instances.filter(({ state }) => (state === 'closed') === isClosed).length;
  if (n === instances.length) return { ...meaning, where: '' };
  const theirs = (sentence: string) => sentence.replace(/^Requests/, 'Their requests');
  const where = ` on ${n} of ${instances.length} gateways`;
  return { ...meaning, sentence: theirs(meaning.sentence), before: theirs(meaning.before), where };
}

/** The first letter small, as after a colon. */
export function afterColon(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
