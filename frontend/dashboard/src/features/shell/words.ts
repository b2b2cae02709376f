import type { Tone } from '@/components/ui/chip';
import type { CircuitStatus } from '@/lib/api/circuit';
import type { Faults, FaultSettings } from '@/lib/api/faults';
import type { Connection } from '@/lib/connection';
import { duration, percent, timeOfDay } from '@/lib/format';

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

/** What is injected right now, in words; null when nothing is. */
export function injected(faults: Faults): string | null {
  const hit = faults.brains.filter(({ faults: settings }) => settings && kinds(settings).length > 0);
  const first = hit[0]?.faults;
  if (!first) return null;
  const where = hit.length === faults.brains.length ? '' : ` on ${hit.length} of ${faults.brains.length} brains`;
  return `Faults are injected on purpose${where}: ${kinds(first).join(', ')}.`;
}

function kinds(settings: FaultSettings): string[] {
  const share = (rate: number) => percent(rate, 0);
  const said: [active: boolean, words: string][] = [
    [settings.latency_rate > 0, `${share(settings.latency_rate)} answered ${duration(settings.latency_s)} late`],
    [settings.error_rate > 0, `${share(settings.error_rate)} answered with an error`],
    [settings.drop_rate > 0, `${share(settings.drop_rate)} never answered`],
    [settings.nan_rate > 0, `${share(settings.nan_rate)} scored NaN`],
    [settings.wrong_id_rate > 0, `${share(settings.wrong_id_rate)} answered for another transaction`],
    [settings.constant_score !== null, `every score is ${settings.constant_score}`],
  ];
  return said.filter(([active]) => active).map(([, words]) => words);
}
