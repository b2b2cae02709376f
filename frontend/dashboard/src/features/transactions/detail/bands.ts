import type { Tone } from '@/lib/tone';

/** A part of the scale: scores from `from` (included) to `to`, and what they lead to. */
export interface Band {
  level: string;
  from: number;
  to: number;
  tone: Tone;
  outcome: string;
}

// as the gateway's policy had it before there were thresholds on record: the level decides
const OUTCOMES: Record<string, { tone: Tone; outcome: string }> = {
  low: { tone: 'good', outcome: 'approved' },
  medium: { tone: 'good', outcome: 'approved' },
  high: { tone: 'warn', outcome: 'review' },
  critical: { tone: 'bad', outcome: 'blocked' },
};

/** The levels of a model, from the lowest on. `thresholds`: the lowest score of each but "low", which begins at 0. */
export function bands(thresholds: Readonly<Record<string, number>>): Band[] {
  const starts = Object.entries({ low: 0, ...thresholds }).sort(([, one], [, other]) => one - other);
  return starts.map(([level, from], i) => ({
    level,
    from,
    to: starts[i + 1]?.[1] ?? 1,
    ...(OUTCOMES[level] ?? { tone: 'unknown', outcome: 'unknown' }),
  }));
}

/** What scores led to when a payment was decided. `mayBlock` null: nobody knows whether its model may block. */
export function bandsInForce(thresholds: { review: number; block: number }, mayBlock: boolean | null): Band[] {
  const { review, block } = thresholds;
  const blocked = { true: 'blocked', false: 'would be blocked: review', null: 'would be blocked' }[`${mayBlock}`];
  return [
    { level: 'approve', from: 0, to: review, tone: 'good', outcome: 'approved' },
    { level: 'review', from: review, to: block, tone: 'warn', outcome: 'a person looks' },
    { level: 'block', from: block, to: 1, tone: mayBlock === false ? 'warn' : 'bad', outcome: blocked },
  ];
}

/** "0.3712": as long as people read it. */
export function edge(from: number): string {
  return String(Number(from.toPrecision(4)));
}
