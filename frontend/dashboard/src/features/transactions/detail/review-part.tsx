import Link from 'next/link';
import type { TransactionRecord } from '@/lib/api/transactions';
import { timeOfDay } from '@/lib/format';

/** Where it stands in the review queue, with the way there. Nothing for what never waited for anybody. */
export function ReviewPart({ record }: { record: TransactionRecord }) {
  const { review } = record;
  if (!review) return null;
  return (
    <section aria-labelledby="review">
      <h3 id="review">Review</h3>
      <p>
        {stateWords(review)}{' '}
        {review.state !== 'decided' && (
          <Link href={`/reviews/?id=${encodeURIComponent(record.transaction_id)}`} prefetch={false}>
            Decide it in the review queue
          </Link>
        )}
      </p>
    </section>
  );
}

function stateWords(review: NonNullable<TransactionRecord['review']>): string {
  if (review.state === 'claimed' && review.claim_until) return `${review.claimed_by} has it until ${timeOfDay(review.claim_until)}.`;
  if (review.state === 'decided') return `${review.decided_by} decided: ${review.decision}.${review.note ? ` “${review.note}”` : ''}`;
  return review.reason === 'flip' ? 'It waits for a person, because a later score questions the verdict.' : 'It waits for a person.';
}
