import type { Tone } from '@/lib/tone';

/** A level of risk: scores from `from` (included) to `to`, and what they lead to. */
export interface Band {
  level: string;
  from: number;
  to: number;
  tone: Tone;
  outcome: string;
}

// as the gateway's policy has it: the level decides
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
