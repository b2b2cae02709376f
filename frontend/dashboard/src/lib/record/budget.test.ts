import { describe, expect, it } from 'vitest';
import { budgetSentence } from './budget';

describe('a budget in words', () => {
  it('says what the model would have done, and why that was not done', () => {
    expect(budgetSentence({ name: 'may_block', model_decision: 'block' }, 'review')).toBe(
      'The model would block: its blocks are not switched on, so a person looks.',
    );
    expect(budgetSentence({ name: 'let_through', model_decision: 'block', probability: 0.05 }, 'approve')).toContain('let it through, with a chance of 5');
    expect(budgetSentence({ name: 'decline_cap', model_decision: 'block' }, 'review')).toContain('is used up, so a person looks');
    expect(budgetSentence({ name: 'review_share', model_decision: 'review' }, 'approve')).toBe(
      'The model’s own thresholds would have sent it to review; those that follow the traffic lie higher, and the score below them.',
    );
    expect(budgetSentence({ name: 'review_share', model_decision: 'block' }, 'review')).toBe(
      'The model’s own thresholds would have blocked it; those that follow the traffic lie higher, so a person looks.',
    );
  });

  it('names one that this page does not know', () => {
    expect(budgetSentence({ name: 'moon_phase' as never, model_decision: 'block' }, 'review')).toBe('A budget held the model back: moon_phase.');
  });
});
