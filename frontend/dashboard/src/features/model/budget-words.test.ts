import { describe, expect, it } from 'vitest';
import { aModelBudget } from '@/testing/answers';
import { capSentence, followsSentence, letThroughSentence, mayBlockSentence, misfitSentence, thresholdText, wouldHaveSentence } from './budget-words';

const RULES = { review_share: 0.02, payments_min: 1_000 };

describe('the budgets in words', () => {
  it('tell a threshold in force from the model’s own', () => {
    expect(thresholdText({ in_force: 0.0799, own: 0.0799 })).toBe('0.0799, the model’s own');
    expect(thresholdText({ in_force: 0.374213, own: 0.0799 })).toBe('0.3742 in force; 0.0799 by the model itself');
  });

  it('say what is followed, or why nothing is', () => {
    expect(followsSentence(aModelBudget({ payments: 10_012, follows: true }), RULES)).toContain('The last 10,012 payments older than an hour: at most 2 %');
    expect(followsSentence(aModelBudget({ payments: 312 }), RULES)).toBe('Nothing yet: 312 payments older than an hour; from 1,000 on the thresholds follow.');
    expect(followsSentence(aModelBudget({ own_labels: true }), RULES)).toContain('trained on your own labels');
  });

  it('say whether a model may block, and how much of the cap is used', () => {
    expect(mayBlockSentence({ may_block: false })).toContain('goes to a person');
    expect(mayBlockSentence({ may_block: true })).toContain('decline cap');
    const cap = { share: 0.002, misfit: null };
    expect(capSentence({ ...cap, used: 3, allowed: 20, payments: 10_000, refused: 0 })).toBe(
      'Decline cap: of the last 10,000 payments of this gateway, models blocked 3; they may block 20.',
    );
    expect(capSentence({ ...cap, used: 5, allowed: 5, payments: 7, refused: 2 })).toContain('2 blocks went to people instead');
    expect(capSentence({ ...cap, share: 0, used: 0, allowed: 0, payments: 7, refused: 2 })).toContain('no model may block anything');
  });

  it('say what the model would have done by itself', () => {
    expect(wouldHaveSentence({ payments: 0, reviewed: 0, blocked: 0 })).toMatch(/^Nothing/);
    expect(wouldHaveSentence({ payments: 9_412, reviewed: 188, blocked: 11 })).toBe(
      'Of the last 9,412 payments it would have blocked 11 (0.12 %) and sent 188 (2.0 %) to people.',
    );
  });

  it('say that a model fits no longer, and what to look at', () => {
    expect(misfitSentence({ misfit: null })).toBeNull();
    expect(misfitSentence({ misfit: { name: 'own', version: '3', since: '2026-11-30' } })).toContain('own 3 does not fit your payments since 2026-11-30');
  });

  it('say what was let through today, and why nothing is on a first day', () => {
    const today = { probability: 0.05, payments: 3, spent_minor: 3_050, allowed_minor: 5_000, day_max_minor: 10_000 };
    expect(letThroughSentence(today)).toBe('One block in 20 is let through by lot: today (UTC) 3 payments of this gateway, 30.50 of 50.00 in the reference currency.');
    expect(letThroughSentence({ ...today, payments: 0, spent_minor: 0, allowed_minor: 0 })).toContain('none today');
  });
});
