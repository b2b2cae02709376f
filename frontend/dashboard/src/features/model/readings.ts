import type { Tone } from '@/components/ui/chip';
import type { Drift, LabelledPair, ShadowPair } from '@/lib/api/models';
import { count, percent } from '@/lib/format';
import { capital } from '@/lib/record/words';
import { counted } from '@/lib/words';

/** What the figures of a model mean, in words. Pure. */

export const DRIFT_ROWS_MIN = 500; // the gateway gives no index below it
const SCORE = 'risk_score';
const OFF_BY_POINTS_MAX = 10; // above it a share of labels is more chance than knowledge

const WORDS: Record<string, string> = {
  stable: 'As expected',
  shifting: 'A little different',
  shifted: 'Different',
} satisfies Record<NonNullable<Drift['reading']>, string>;

/**
 * How far a quantity has moved, in words, and in a colour where that matters: for a model of the shop's own payments, and
 * most of all for its scores. A model that was taught elsewhere differs from the first day, and that is no news.
 */
export function readingOf({ name, reading }: { name: string; reading: NonNullable<Drift['reading']> }, isOwn: boolean): { word: string; tone: Tone | null } {
  const word = WORDS[reading] ?? capital(reading);
  if (!isOwn) return { word, tone: null };
  if (reading === 'stable') return { word, tone: 'good' };
  return { word, tone: name === SCORE && reading === 'shifted' ? 'bad' : 'warn' };
}

/** One sentence on all quantities: whether something is to be done, or how many payments are missing to say so. */
export function driftSentence(drift: readonly Drift[], isOwn: boolean): string {
  if (drift.length === 0) return 'This model brought nothing along to be compared with.';
  const rows = Math.max(...drift.map((one) => one.rows));
  if (drift.every(({ psi }) => psi === null)) {
    return `Too little traffic: ${counted(rows, 'payment')} scored since its brains started; from ${DRIFT_ROWS_MIN} on it can be said whether they differ from what it was judged on.`;
  }
  const moved = drift.filter(({ reading }) => reading !== null && reading !== 'stable').length;
  const differ = moved === 0 ? 'none differs' : `${moved} ${moved === 1 ? 'differs' : 'differ'}`;
  const seen = `Of ${counted(drift.length, 'quantity', 'quantities')} of ${counted(rows, 'payment')} scored lately ${differ} from what it was judged on.`;
  if (moved === 0) return seen;
  if (!isOwn) return `${seen} Expect that: it was taught on simulated payments, not on yours.`;
  return scoresMoved(drift) ? `${seen} Its scores have moved too: hold it against labels, and train it anew.` : `${seen} Its scores have not moved, so nothing needs to be done.`;
}

function scoresMoved(drift: readonly Drift[]): boolean {
  return drift.some(({ name, reading }) => name === SCORE && reading === 'shifted');
}

/** Lately beside expected, both as shares, 0..1. Shares of no payments are 0. */
export function toShares({ counts, rows }: Pick<Drift, 'counts' | 'rows'>): number[] {
  return counts.map((n) => (rows > 0 ? n / rows : 0));
}

/** Edges as people read them: four digits tell neighbours apart. */
export function shortEdges(edges: readonly number[]): number[] {
  return edges.map((edge) => Number(edge.toPrecision(4)));
}

/** Names of three edges, which is what a phone has room for. `at`: after so many bins. */
export function edgeTicks(edges: readonly number[]): { at: number; text: string }[] {
  const last = edges.length - 1;
  return edges.map((edge, i) => ({ at: i + 1, text: String(edge) })).filter((_, i) => i === 0 || i === last || i === last >> 1);
}

/** "Of 4,871 payments that both scored, 12 (0.2 %) would have been decided otherwise." */
export function shadowSentence({ n, disagreeing_share }: Pick<ShadowPair, 'n' | 'disagreeing_share'>): string {
  const differing = Math.round(n * disagreeing_share);
  return `Of ${counted(n, 'payment')} that both scored, ${differing === 0 ? 'none' : `${count(differing)} (${percent(disagreeing_share)})`} would have been decided otherwise.`;
}

/** "0.9321", or why there is none. */
export function correlationText(correlation: number | null): string {
  return correlation === null ? 'none: one of them gives always the same' : correlation.toFixed(4);
}

/**
 * How far a share of so many may be from the truth by chance alone, in points of per cent: 95 % of the time less, and
 * less still for shares near 0 or 1.
 */
export function offByPoints(n: number): number {
  return Math.round(98 / Math.sqrt(n)); // 1.96 * sqrt(0.5 * 0.5 / n)
}

/** Says so while labels are few; null when they are enough. */
export function labelWarning({ n, frauds, judged }: Pick<LabelledPair, 'n' | 'frauds' | 'judged'>): string | null {
  if (frauds === 0) return `None of ${counted(n, 'labelled payment')} was a fraud: of recall nothing is known yet.`;
  const fewest = Math.min(frauds, judged.flagged || frauds);
  const points = offByPoints(fewest);
  if (points <= OFF_BY_POINTS_MAX) return null;
  return `Few labels yet: with ${counted(fewest, judged.flagged < frauds && judged.flagged > 0 ? 'flagged payment' : 'fraud')} a share may be off by ${Math.min(points, 100)} points.`;
}

/** "83.3 % (10 of 12)", or "none" where there is nothing to divide by. */
export function shareOf(part: number, whole: number): string {
  return whole === 0 ? 'none' : `${percent(part / whole)} (${count(part)} of ${count(whole)})`;
}
