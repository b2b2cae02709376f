import type { Outage } from '@/lib/api/outages';
import { percent } from '@/lib/format';
import { counted, lasted } from '@/lib/words';

/** Places on a strip that ends now. Pure; times in milliseconds since the epoch, places as shares of the strip, 0..1. */

export type Span = '24h' | '7d';
type Times = Pick<Outage, 'outage_id' | 'from' | 'to'>;

export const SPANS: Record<Span, { ms: number; words: string }> = {
  '24h': { ms: 24 * 3_600_000, words: 'the last 24 hours' },
  '7d': { ms: 7 * 24 * 3_600_000, words: 'the last 7 days' },
};

export interface Bar {
  id: string;
  start: number;
  width: number;
  isOpen: boolean;
}

/** Those that touch the span, cut to it. One that lasts goes on to the end. */
export function toBars(outages: readonly Times[], span: Span, nowMs: number): Bar[] {
  const fromMs = nowMs - SPANS[span].ms;
  const place = (ms: number) => Math.min(1, Math.max(0, (ms - fromMs) / SPANS[span].ms));
  return outages
    .filter(({ to }) => to === null || new Date(to).getTime() >= fromMs)
    .map(({ outage_id, from, to }) => {
      const start = place(new Date(from).getTime());
      return { id: outage_id, start, width: place(to === null ? nowMs : new Date(to).getTime()) - start, isOpen: to === null };
    });
}

/** "3 outages in the last 24 hours, 4 min 10 s altogether (0.3 % of the time)." */
export function summarize(outages: readonly Times[], span: Span, nowMs: number): string {
  const bars = toBars(outages, span, nowMs);
  if (bars.length === 0) return `No outage in ${SPANS[span].words}.`;
  const share = bars.reduce((sum, bar) => sum + bar.width, 0);
  const length = lasted((share * SPANS[span].ms) / 1_000);
  const open = bars.some((bar) => bar.isOpen) ? ' One is still open.' : '';
  return `${counted(bars.length, 'outage')} in ${SPANS[span].words}, ${length} altogether (${percent(share, share < 0.001 ? 3 : 1)} of the time).${open}`;
}
