/** Where the labels of a time axis stand, and what they say. */

const S = 1_000;
const MIN = 60 * S;
const H = 60 * MIN;
const D = 24 * H;
const STEPS_MS = [
  5 * S, 10 * S, 15 * S, 30 * S, MIN, 2 * MIN, 5 * MIN, 10 * MIN, 15 * MIN, 30 * MIN, H, 2 * H, 3 * H, 6 * H, 12 * H, D,
  2 * D, 7 * D, 14 * D, 28 * D,
] as const;

const SECONDS = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const MINUTES = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const DAYS = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

export interface TimeTick {
  atMs: number;
  text: string;
}

/** At most `most` round times of the reader's clock within the span. Times in milliseconds since the epoch. */
export function timeTicks(fromMs: number, untilMs: number, most: number): TimeTick[] {
  const span = untilMs - fromMs;
  if (!(span > 0) || most < 1) return [];
  const stepMs = STEPS_MS.find((step) => span / step <= most) ?? Math.ceil(span / most / D) * D;
  const zoneMs = new Date(fromMs).getTimezoneOffset() * MIN;
  const format = stepMs >= D ? DAYS : stepMs >= MIN ? MINUTES : SECONDS;
  const ticks: TimeTick[] = [];
  for (let at = Math.ceil((fromMs - zoneMs) / stepMs) * stepMs + zoneMs; at <= untilMs; at += stepMs) {
    ticks.push({ atMs: at, text: format.format(at) });
  }
  return ticks;
}

/**
 * Names of a histogram's bins: n edges make n + 1 of them, from "under 0.05" to "0.95 and more". `hasUnknown` adds one
 * for what had no value.
 */
export function binNames(edges: readonly number[], { hasUnknown = false }: { hasUnknown?: boolean } = {}): string[] {
  const names = edges.map((edge, i) => (i === 0 ? `under ${edge}` : `${edges[i - 1]} to ${edge}`));
  const last = edges.at(-1);
  if (last !== undefined) names.push(`${last} and more`);
  if (hasUnknown) names.push('unknown');
  return names;
}
