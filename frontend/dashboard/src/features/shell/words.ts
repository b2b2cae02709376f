import type { Tone } from '@/components/ui/chip';
import type { CircuitStatus } from '@/lib/api/circuit';
import type { Connection } from '@/lib/connection';
import { timeOfDay } from '@/lib/format';

/** What the head of every page says, in sentences. */

export const FRESHNESS: Record<Connection, { tone: Tone; word: string }> = {
  connecting: { tone: 'unknown', word: 'Connecting' },
  live: { tone: 'good', word: 'Live' },
  stale: { tone: 'warn', word: 'Stale' },
  unreachable: { tone: 'bad', word: 'Unreachable' },
  paused: { tone: 'unknown', word: 'Updates paused' },
};

type Circuit = Pick<CircuitStatus, 'fleet_state' | 'instances'>;

/**
 * One sentence or two on how things are. It changes only when the circuit or the way to the gateway does, because it is
 * read out. Null while the gateway is unreachable: then the banner speaks.
 */
export function situation(state: Connection, circuit: Circuit | undefined): { tone: Tone; text: string } | null {
  if (state === 'unreachable') return null;
  if (state === 'connecting') return { tone: 'unknown', text: 'Connecting to the gateway.' };
  if (state === 'stale') return { tone: 'warn', text: 'The gateway is late with its answers: what is shown may be over.' };
  if (!circuit) return { tone: 'unknown', text: 'The gateway answers, but does not tell how the circuit is.' };
  const { tone, sentence } = scoring(circuit);
  if (state === 'paused') return { tone: 'unknown', text: `Updates paused. ${sentence}` };
  return { tone, text: `Gateway reachable. ${sentence}` };
}

function scoring({ fleet_state, instances }: Circuit): { tone: Tone; sentence: string } {
  if (fleet_state === 'closed') return { tone: 'good', sentence: 'Circuit closed: every request is scored.' };
  if (fleet_state === 'half-open') {
    return { tone: 'warn', sentence: 'Circuit half-open: one trial request decides whether scoring resumes.' };
  }
  const open = instances.filter(({ state }) => state === 'open').length;
  const [where, whose] = open < instances.length ? [` on ${open} of ${instances.length} gateways`, 'their requests'] : ['', 'requests'];
  return { tone: 'bad', sentence: `Circuit open${where}: ${whose} are answered fail-open, without a score.` };
}

/** What the banner says. `updatedAtMs`: when an answer last came, 0 when none ever did. */
export function unreachable(updatedAtMs: number): string {
  const data = updatedAtMs ? `The figures below are from ${timeOfDay(updatedAtMs)}.` : 'No data has arrived yet.';
  return `Cannot reach the gateway. ${data} Retrying every second.`;
}
