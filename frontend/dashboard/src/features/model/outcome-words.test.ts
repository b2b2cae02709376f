import { describe, expect, it } from 'vitest';
import type { ModelOutcomes, ScoreGroup } from '@/lib/api/models';
import { aModelBudget, someOutcomes } from '@/testing/answers';
import { basisSentence, calibrationSentence, falseDeclineSentence, groupReading, mayBlock, missingSentence } from './outcome-words';

const KNOWN: ModelOutcomes['would_block'] = {
  blocked: { known: 10, genuine: 3 },
  reviewed: { known: 30, genuine: 7 },
  approved: { known: 0, genuine: 0 },
  genuine_share: { share: 0.25, low: 0.142, high: 0.402 },
  false_declines: { share: 0.0025, low: 0.00142, high: 0.00402 },
};

function aGroup(mean: number): ScoreGroup {
  return { score_from: 0.1, score_to: 0.2, n: 100, frauds: 15, mean_score: mean, fraud_share: { share: 0.15, low: 0.09, high: 0.23 } };
}

describe('false declines in words', () => {
  it('tell what would be from what is', () => {
    expect(falseDeclineSentence(KNOWN, false)).toBe('None now. If it might block, about 0.25 % of the genuine payments (0.14 % to 0.40 %) would be declined.');
    expect(falseDeclineSentence(KNOWN, true)).toMatch(/^About 0.25 % of the genuine payments .* are declined/);
  });

  it('say how many payments they rest on, by what was decided', () => {
    expect(basisSentence(KNOWN)).toBe(
      'Of 40 payments that it would block and that have a label, 10 were genuine: 3 of 10 that it blocked, 7 of 30 that people looked at instead.',
    );
  });

  it('are not 0 where nothing is known', () => {
    const { would_block } = someOutcomes();

    expect(falseDeclineSentence(would_block, true)).toMatch(/^Not known: none of the payments/);
    expect(falseDeclineSentence({ ...KNOWN, false_declines: null }, true)).toMatch(/^Not known: it has scored no payment/);
    expect(basisSentence(would_block)).toBeNull();
  });
});

describe('the calibration in words', () => {
  it('says what is missing', () => {
    expect(missingSentence(someOutcomes({ labels: 15, frauds: 3 }))).toBe('Too few labels: 3 frauds and 12 genuine payments; it takes 20 of each.');
    expect(missingSentence(someOutcomes({ calibration: [aGroup(0.1)] }))).toBeNull();
  });

  it('reads a group by its interval, and counts those that are off', () => {
    expect([0.05, 0.15, 0.3].map((mean) => groupReading(aGroup(mean)).word)).toEqual(['More fraud', 'As foretold', 'Less fraud']);
    expect(calibrationSentence([aGroup(0.05), aGroup(0.15)])).toBe('In 1 of 2 groups of labelled payments there was more or less fraud than the scores foretold.');
    expect(calibrationSentence([aGroup(0.15)])).toMatch(/^In all of 1 group/);
  });

  it('knows of which model a budget is', () => {
    const outcomes = someOutcomes();

    expect(mayBlock([aModelBudget({ may_block: true })], outcomes)).toBe(true);
    expect(mayBlock([aModelBudget({ may_block: true, version: '9' })], outcomes)).toBe(false);
  });
});
