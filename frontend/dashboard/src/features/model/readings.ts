import type { Tone } from '@/components/ui/chip';
import type { Drift, LabelledPair, ShadowPair } from '@/lib/api/models';
import { count, percent } from '@/lib/format';
import { capital } from '@/lib/record/words';
import { counted } from '@/lib/words';

/** What the figures of a model mean, in words. Pure. */

export const DRIFT_ROWS_MIN = 500; // the gateway gives no index below it
const OFF_BY_POINTS_MAX = 10; // above it a share of labels is more chance than knowledge

const READINGS: Record<string, { word: string; tone: Tone }> = {
  stable: { word: 'Stable', tone: 'good' },
  shifting: { word: 'Shifting', tone: 'warn' },
  shifted: { word: 'Shifted', tone: 'bad' },
} satisfies Record<NonNullable<Drift['reading']>, { word: string; tone: Tone }>;

/** How far a quantity has moved, in a word and its colour. */
export function readingOf(reading: NonNullable<Drift['reading']>): { word: string; tone: Tone } {
  return READINGS[reading] ?? { word: capital(reading), tone: 'unknown' };
}

/** One sentence on all quantities: how many have moved, or how many payments are missing before that can be said. */
export function driftSentence(drift: readonly Drift[]): string {
  if (drift.length === 0) return 'This model brought nothing along to be compared with.';
  const rows = Math.max(...drift.map((one) => one.rows));
  if (drift.every(({ psi }) => psi === null)) {
    return `${scoredLately(rows)} since its brains started; from ${DRIFT_ROWS_MIN} on it can be said whether they differ from what it was judged on.`;
  }
  const shifted = drift.filter(({ reading }) => reading === 'shifted').length;
  const shifting = drift.filter(({ reading }) => reading === 'shifting').length;
  const moved = [
    shifted > 0 && `${shifted} ${shifted === 1 ? 'has' : 'have'} shifted`,
    shifting > 0 && `${shifting} ${shifting === 1 ? 'is' : 'are'} shifting`,
  ];
  const words = moved.filter(Boolean).join(' and ') || 'none has moved';
  return `${scoredLately(rows)} lately. Of ${counted(drift.length, 'quantity', 'quantities')} ${words}.`;
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

function scoredLately(rows: number): string {
  return rows === 0 ? 'No payment was scored' : `${counted(rows, 'payment')} ${rows === 1 ? 'was' : 'were'} scored`;
}
