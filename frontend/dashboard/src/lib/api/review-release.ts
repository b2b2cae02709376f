import { post } from './client';
import { BY, type Review } from './review-claim';

/** Gives it back before its time is over. */
export function releaseReview(transactionId: string): Promise<Review> {
  return post('/reviews/{transaction_id}/release', { by: BY }, { path: { transaction_id: transactionId } });
}
