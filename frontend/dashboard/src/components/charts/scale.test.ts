import { describe, expect, it } from 'vitest';
import { linear, ticksFromZero } from './scale';

describe('a linear scale', () => {
  it('goes there and back, also where pixels fall while figures rise', () => {
    const y = linear([0, 50], [160, 10]);
    expect([0, 25, 50].map(y.toPx)).toEqual([160, 85, 10]);
    expect(y.toValue(y.toPx(13))).toBeCloseTo(13);
  });

  it('never gives a place that is no number', () => {
    expect(linear([5, 5], [10, 90]).toPx(5)).toBe(10);
    expect(linear([0, 10], [40, 40]).toValue(40)).toBe(0);
  });
});

describe('the figures at an axis', () => {
  it('are round and reach the top', () => {
    expect(ticksFromZero(1, 4)).toEqual([0, 0.5, 1]);
    expect(ticksFromZero(9.3, 4)).toEqual([0, 5, 10]);
    expect(ticksFromZero(60, 4)).toEqual([0, 20, 40, 60]);
    expect(ticksFromZero(1_001, 4)).toEqual([0, 500, 1_000, 1_500]);
    expect(ticksFromZero(0.3, 4)).toEqual([0, 0.1, 0.2, 0.3]);
  });

  it('are few, whatever the top is', () => {
    for (let top = 0.0003; top < 1e9; top *= 1.7) {
      const ticks = ticksFromZero(top, 4);
      expect(ticks.length).toBeLessThanOrEqual(5);
      expect(ticks.length).toBeGreaterThanOrEqual(2);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(top * 0.999_999);
    }
  });
});
