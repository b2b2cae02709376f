import type { Tone } from '@/components/ui/chip';
import { afterColon, scoring, type Fleet } from '@/lib/circuit-words';
import type { Connection, ConnectionState } from '@/lib/connection';

/** What the head of every page says, in sentences. */

/** How fresh the page is, in a word. A pause does not hide an outage. */
export function freshness({ state, isPaused }: Pick<ConnectionState, 'state' | 'isPaused'>): { tone: Tone; word: string } {
  return isPaused && state !== 'unreachable' ? { tone: 'unknown', word: 'Updates paused' } : FRESHNESS[state];
}

const FRESHNESS: Record<Connection, { tone: Tone; word: string }> = {
  connecting: { tone: 'unknown', word: 'Connecting' },
  live: { tone: 'good', word: 'Live' },
  stale: { tone: 'warn', word: 'Stale' },
  unreachable: { tone: 'bad', word: 'Unreachable' },
};

/**
 * One sentence or two on how things are. It changes only when the circuit or the way to the gateway does, because it is
 * read out. Null while the gateway is unreachable: then the banner speaks. `circuit`: undefined where the gateway does not
 * tell it; `pausedAt`: since when updates are paused, in words, null while they are not.
 */
export function situation(state: Connection, circuit: Fleet | undefined, pausedAt: string | null = null): { tone: Tone; text: string } | null {
  if (state === 'unreachable') return null;
  if (pausedAt !== null) return { tone: 'unknown', text: `Updates paused. ${circuit ? before(circuit, pausedAt) : 'How the circuit is, is not known.'}` };
  if (state === 'connecting') return { tone: 'unknown', text: 'Connecting to the gateway.' };
  if (state === 'stale') return { tone: 'warn', text: 'The gateway is late with its answers: what is shown may be over.' };
  if (!circuit) return { tone: 'unknown', text: 'The gateway answers, but does not tell how the circuit is.' };
  const { tone, word, where, sentence } = scoring(circuit);
  return { tone, text: `Gateway reachable. Circuit ${word.toLowerCase()}${where}: ${afterColon(sentence)}` };
}

function before(circuit: Fleet, at: string): string {
  const { word, where } = scoring(circuit);
  return `At ${at} the circuit was ${word.toLowerCase()}${where}.`;
}

/** What the banner says. `lastAt`: when an answer last came, in words; null when none ever did. */
export function unreachable(lastAt: string | null, isPaused: boolean): string {
  const data = lastAt ? `The figures below are from ${lastAt}.` : 'No data has arrived yet.';
  return `Cannot reach the gateway. ${data} ${isPaused ? 'Updates are paused.' : 'Retrying.'}`;
}
