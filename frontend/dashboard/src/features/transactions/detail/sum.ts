/** What the bars of a score add up to, in log-odds. */
export interface Sum {
  /** All that is no reason of its own: see BASELINE. */
  baseline: number;
  /** The score itself. */
  total: number;
}

/**
 * What stands behind the baseline. A reply names at most five reasons, as the model's trees give them before its calibration, so
 * what the page can say of the rest is their sum.
 */
export const BASELINE = 'Baseline: the average payment, smaller reasons, and what calibration makes of it';

/** Pure: the baseline with which these contributions add up to the score; null for 0 and 1, which have no log-odds. */
export function sumOf(risk: number | null, contributions: readonly number[]): Sum | null {
  if (risk === null || risk <= 0 || risk >= 1) return null;
  const total = Math.log(risk / (1 - risk));
  return { baseline: contributions.reduce((left, one) => left - one, total), total };
}
