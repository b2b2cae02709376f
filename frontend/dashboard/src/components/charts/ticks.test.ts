import { describe, expect, it } from 'vitest';
import { binNames, timeTicks } from './ticks';

const AT = Date.parse('2026-11-24T10:00:30Z');
const MIN = 60_000;

describe('the ticks of a time axis', () => {
  it('stand at whole minutes in a span of four minutes', () => {
    const ticks = timeTicks(AT, AT + 4 * MIN, 6);
    expect(ticks.map(({ atMs }) => atMs - AT)).toEqual([30_000, 90_000, 150_000, 210_000]);
    expect(ticks[0]?.text).toMatch(/^\d\d:\d\d$/);
  });

  it('are never more than there is room for', () => {
    for (const span of [10_000, 4 * MIN, 90 * MIN, 26 * 60 * MIN, 400 * 24 * 60 * MIN, 9_000 * 24 * 60 * MIN]) {
      for (const most of [1, 3, 8]) expect(timeTicks(AT, AT + span, most).length).toBeLessThanOrEqual(most + 1);
    }
  });

  it('name the seconds where minutes are too coarse, and days where hours are too fine', () => {
    expect(timeTicks(AT, AT + 20_000, 4)[0]?.text).toMatch(/^\d\d:\d\d:\d\d$/);
    expect(timeTicks(AT, AT + 5 * 24 * 60 * MIN, 5)[0]?.text).toMatch(/^\d+ \w+$/);
  });

  it('are none where there is no span or no room', () => {
    expect(timeTicks(AT, AT, 5)).toEqual([]);
    expect(timeTicks(0, 0, 5)).toEqual([]);
    expect(timeTicks(AT, AT + MIN, 0)).toEqual([]);
  });
});

describe('the names of bins', () => {
  it('are one more than the edges, and one more still for what is not known', () => {
    expect(binNames([0.5, 0.9])).toEqual(['under 0.5', '0.5 to 0.9', '0.9 and more']);
    expect(binNames([1], { hasUnknown: true })).toEqual(['under 1', '1 and more', 'unknown']);
    expect(binNames([])).toEqual([]);
  });
});
