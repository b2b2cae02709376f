import { post } from './client';
import type { By, Review } from './review-claim';

/** Gives it back before its time is over. */
export function releaseReview(transactionId: string, by: By): Promise<Review> {
  return post('/reviews/{transaction_id}/release', { by }, { path: { transaction_id: transactionId } });
}
