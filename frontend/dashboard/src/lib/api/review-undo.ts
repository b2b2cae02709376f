import { post } from './client';
import { BY, type Review } from './review-claim';

/** Takes back what the same person decided. ApiProblem 409: it stands by now. */
export function undoReview(transactionId: string): Promise<Review> {
  return post('/reviews/{transaction_id}/undo', { by: BY }, { path: { transaction_id: transactionId } });
}
