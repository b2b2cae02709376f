import type { Tone } from '@/components/ui/chip';
import { afterColon, scoring, type Fleet } from '@/lib/circuit-words';
import type { Connection, ConnectionState } from '@/lib/connection';
import { conditionsOf, toneOf, wrongInWords, type Health } from '@/lib/status-words';

/** What the head of every page says, in sentences. */

/** What the page knows of the gateway: its circuits, and what it says of itself. */
export type Situated = Fleet & { health?: Health | undefined };

/**
 * How fresh the page is, and whether all is well, in a word. A pause does not hide an outage. `health`: undefined where the
 * gateway does not tell it; `isNobody`: it tells nothing, because nobody is signed in.
 */
export function freshness(
  { state, isPaused }: Pick<ConnectionState, 'state' | 'isPaused'>,
  health: Health | undefined,
  isNobody = false,
): { tone: Tone; word: string } {
  if (isNobody && state === 'live') return { tone: 'unknown', word: 'Signed out' };
  if (isPaused && state !== 'unreachable') return { tone: 'unknown', word: 'Updates paused' };
  if (state !== 'live') return FRESHNESS[state];
  const tone = toneOf(health);
  return { tone, word: tone === 'bad' || tone === 'warn' ? 'Degraded' : 'Live' };
}

const FRESHNESS: Record<Exclude<Connection, 'live'>, { tone: Tone; word: string }> = {
  connecting: { tone: 'unknown', word: 'Connecting' },
  stale: { tone: 'warn', word: 'Stale' },
  unreachable: { tone: 'bad', word: 'Unreachable' },
};

/** What is read out while nobody is signed in. */
export const NOBODY = { tone: 'unknown', text: 'Gateway reachable. Nobody is signed in, so it tells nothing more.' } as const;

/**
 * One sentence or two on how things are. It changes only when something becomes wrong or well, because it is read out: so
 * there are no figures in it. Null while the gateway is unreachable: then the banner speaks. `circuit`: undefined where the gateway does not
 * tell it; `pausedAt`: since when updates are paused, in words, null while they are not.
 */
export function situation(state: Connection, circuit: Situated | undefined, pausedAt: string | null = null): { tone: Tone; text: string } | null {
  if (state === 'unreachable') return null;
  if (pausedAt !== null) return { tone: 'unknown', text: `Updates paused. ${circuit ? before(circuit, pausedAt) : 'How the circuit is, is not known.'}` };
  if (state === 'connecting') return { tone: 'unknown', text: 'Connecting to the gateway.' };
  if (state === 'stale') return { tone: 'warn', text: 'The gateway is late with its answers: what is shown may be over.' };
  if (!circuit) return { tone: 'unknown', text: 'The gateway answers, but does not tell how the circuit is.' };
  const { word, where, sentence } = scoring(circuit);
  const tone = toneOf(circuit.health);
  // a trial is no news until it succeeds
  const said = circuit.fleet_state === 'half-open' ? 'open' : word.toLowerCase();
  const circuits = `Gateway reachable. Circuit ${said}${where}`;
  if (circuit.fleet_state !== 'closed') return { tone, text: `${circuits}: ${afterColon(sentence)}${also(circuit.health)}` };
  const wrong = wrongInWords(conditionsOf(circuit.health));
  const well = tone === 'good' ? 'Nothing is wrong.' : 'What else is wrong is not told.';
  return { tone, text: wrong === null ? `${circuits}. ${well}` : `${circuits}. ${wrong}.` };
}

/** What is wrong beside the circuit; what is injected stands beside it. */
function also(health: Health | undefined): string {
  const wrong = wrongInWords(conditionsOf(health).filter(({ code }) => !CIRCUITS.includes(code)));
  return wrong === null ? '' : ` ${wrong}.`;
}

const CIRCUITS: readonly string[] = ['CIRCUIT_OPEN', 'UNSCORED_VERDICTS', 'NO_SCORES', 'OTHER_GATEWAY', 'INJECTED_FAULTS'];

function before(circuit: Fleet, at: string): string {
  const { word, where } = scoring(circuit);
  return `At ${at} the circuit was ${word.toLowerCase()}${where}.`;
}

/** What the banner says. `lastAt`: when an answer last came, in words; null when none ever did. */
export function unreachable(lastAt: string | null, isPaused: boolean): string {
  const data = lastAt ? `The figures below are from ${lastAt}.` : 'No data has arrived yet.';
  return `Cannot reach the gateway. ${data} ${isPaused ? 'Updates are paused.' : 'Retrying.'}`;
}
