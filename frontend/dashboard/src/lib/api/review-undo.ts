import { post } from './client';
import type { By, Review } from './review-claim';

/** Takes back what the same person decided. ApiProblem 409: it stands by now. */
export function undoReview(transactionId: string, by: By): Promise<Review> {
  return post('/reviews/{transaction_id}/undo', { by }, { path: { transaction_id: transactionId } });
}
