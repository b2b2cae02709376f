import { describe, expect, it } from 'vitest';
import { aModelBudget } from '@/testing/answers';
import { capSentence, followsSentence, mayBlockSentence, thresholdText } from './budget-words';

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
    expect(capSentence({ used: 3, allowed: 20, payments: 10_000, refused: 0 })).toBe(
      'Decline cap: of the last 10,000 payments of this gateway, models blocked 3; they may block 20.',
    );
    expect(capSentence({ used: 5, allowed: 5, payments: 7, refused: 2 })).toContain('2 blocks went to people instead');
  });
});
