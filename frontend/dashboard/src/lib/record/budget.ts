import type { TransactionRecord } from '@/lib/api/transactions';
import { percent } from '@/lib/format';

type Budget = NonNullable<TransactionRecord['budget']>;

const INSTEAD: Record<string, string> = { review: 'sent it to review', block: 'blocked it' };

/** Why the model's level was not acted on, in a sentence. Of a budget that a newer gateway brings the name is told. */
export function budgetSentence({ name, model_decision, probability }: Budget, decision: TransactionRecord['decision']): string {
  switch (name) {
    case 'may_block':
      return 'The model would block: its blocks are not switched on, so a person looks.';
    case 'decline_cap':
      return 'The model would block: as much as models may block is used up, so a person looks.';
    case 'let_through':
      return `The model would block: the lot let it through${probability ? `, with a chance of ${percent(probability, 0)}` : ''}, so that its label can tell whether the model is right.`;
    case 'review_share': {
      const alone = `The model’s own thresholds would have ${INSTEAD[model_decision] ?? 'decided otherwise'}`;
      return `${alone}; those that follow the traffic lie higher${decision === 'approve' ? ', and the score below them' : ', so a person looks'}.`;
    }
    default:
      return `A budget held the model back: ${name}.`;
  }
}
