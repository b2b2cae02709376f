import { describe, expect, it } from 'vitest';
import { FIGURES } from '@/testing/outages';
import { toRows } from './outage-figures';

describe('the figures of an outage', () => {
  const scoredSince = (blind: number, rescored: number) => toRows({ ...FIGURES, blind, rescored }).find(({ name }) => name === 'Scored since')?.note;

  it('say that nothing is known of what would differ, while nothing was scored again', () => {
    const differing = (changes: object) => toRows({ ...FIGURES, ...changes }).filter(({ name }) => name === 'Would differ' || name === 'Worth of these');
    expect(differing({ rescored: 0, open: 412, flipped: 0 }).map(({ value }) => value)).toEqual(['not known yet', 'not known yet']);
    expect(differing({ rescored: 1, open: 411, flipped: 0 })[0]?.value).toBe('0');
  });

  it('never call some none, nor nearly all of them all', () => {
    expect([scoredSince(1_000, 3), scoredSince(1_000, 997)]).toEqual(['under 1 % of all', 'over 99 % of all']);
    expect([scoredSince(1_000, 0), scoredSince(1_000, 500), scoredSince(1_000, 1_000)]).toEqual(['0 % of all', '50 % of all', '100 % of all']);
    expect(scoredSince(0, 0)).toBe('there was nothing to score again');
  });
});
