import { describe, expect, it } from 'vitest';
import { sumOf } from './sum';

describe('the bars of a score', () => {
  it('add up to its log-odds with the baseline', () => {
    for (const risk of [0.0001, 0.0071, 0.5, 0.97, 0.9999]) {
      const contributions = [5.2, -0.31, 0.15];
      const sum = sumOf(risk, contributions);
      const added = contributions.reduce((all, one) => all + one, sum?.baseline ?? NaN);
      expect(1 / (1 + Math.exp(-added))).toBeCloseTo(risk, 10);
      expect(sum?.total).toBeCloseTo(added, 10);
    }
  });

  it('are no sum where there is no score, or one without log-odds', () => {
    expect([null, 0, 1].map((risk) => sumOf(risk, [0.1]))).toEqual([null, null, null]);
  });
});
