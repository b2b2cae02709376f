import { post } from './client';
import type { Review } from './review-claim';

/** Gives it back before its time is over. */
export function releaseReview(transactionId: string, by: string): Promise<Review> {
  return post('/reviews/{transaction_id}/release', { by }, { path: { transaction_id: transactionId } });
}
