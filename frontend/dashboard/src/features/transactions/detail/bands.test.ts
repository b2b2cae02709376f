import { describe, expect, it } from 'vitest';
import { bands } from './bands';

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
