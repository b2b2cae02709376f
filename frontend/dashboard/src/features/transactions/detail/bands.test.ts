import { describe, expect, it } from 'vitest';
import { bands, bandsInForce } from './bands';

describe('the levels of a model', () => {
  it('fill the scale from 0 to 1, in order, each with what it leads to', () => {
    expect(bands({ critical: 0.4476, high: 0.0799, medium: 0.0288 }).map(({ level, from, to, outcome }) => [level, from, to, outcome])).toEqual([
      ['low', 0, 0.0288, 'approved'],
      ['medium', 0.0288, 0.0799, 'approved'],
      ['high', 0.0799, 0.4476, 'review'],
      ['critical', 0.4476, 1, 'blocked'],
    ]);
  });

  it('are shown even where nobody knows what they lead to', () => {
    expect(bands({ severe: 0.9 }).at(-1)).toMatchObject({ level: 'severe', tone: 'unknown' });
  });
});

describe('the thresholds in force', () => {
  it('fill the scale, and a model that may not block is not said to', () => {
    const inForce = (mayBlock: boolean | null) => bandsInForce({ review: 0.2, block: 0.8 }, mayBlock).map(({ from, to, outcome }) => [from, to, outcome]);

    expect(inForce(true)).toEqual([
      [0, 0.2, 'approved'],
      [0.2, 0.8, 'a person looks'],
      [0.8, 1, 'blocked'],
    ]);
    expect(inForce(false)[2]).toEqual([0.8, 1, 'would be blocked: review']);
    expect(inForce(null)[2]).toEqual([0.8, 1, 'would be blocked']);
  });
});
