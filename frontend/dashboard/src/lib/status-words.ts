import type { CircuitStatus } from './api/circuit';
import type { Tone } from './tone';

/** What the gateway says is wrong with it, in the words of every page; undefined where an older one does not say. Pure. */

export type Health = CircuitStatus['health'];
export type Condition = Health['conditions'][number];

const NO_SCORES: readonly string[] = ['BRAIN_UNREACHABLE', 'BRAIN_DISTRUSTED', 'CIRCUIT_OPEN', 'NO_SCORES', 'UNSCORED_VERDICTS'];
const SCORING: readonly string[] = [...NO_SCORES, 'DEGRADED_VERDICTS', 'HISTORY_UNAVAILABLE'];
const NAMED_MAX = 3; // of what is wrong, in one line

export function conditionsOf(health: Health | undefined): readonly Condition[] {
  return health?.conditions ?? [];
}

/** Green only while nothing at all is wrong: red where scores do not come, a notice for what costs no verdict anything. */
export function toneOf(health: Health | undefined): Tone {
  const costly = conditionsOf(health).filter(({ severity }) => severity !== 'notice');
  if (costly.some(({ code }) => NO_SCORES.includes(code))) return 'bad';
  if (costly.length > 0) return 'warn';
  if (conditionsOf(health).length > 0) return 'notice';
  return health?.status === 'healthy' ? 'good' : 'unknown';
}

/** What keeps scores from coming, or from being whole, although the circuit may be closed; the worst. */
export function scoringTrouble(health: Health | undefined): Condition | undefined {
  return conditionsOf(health).find(({ code, severity }) => severity !== 'notice' && SCORING.includes(code));
}

/** "MongoDB does not answer; scores are made without history"; null where nothing is wrong. It changes only when that does. */
export function wrongInWords(conditions: readonly Condition[]): string | null {
  if (conditions.length === 0) return null;
  const named = conditions.slice(0, NAMED_MAX).map(({ title }, i) => (i === 0 ? title : small(title)));
  const more = conditions.length - named.length;
  return `${named.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

/** The first letter small, but not that of a name. */
function small(title: string): string {
  return title.startsWith('MongoDB') ? title : title.charAt(0).toLowerCase() + title.slice(1);
}
