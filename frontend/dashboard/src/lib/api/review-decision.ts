import { post } from './client';
import type { Review } from './review-claim';

export type ReviewDecision = 'approve' | 'block';

/** Decides it, for good. ApiProblem 409: somebody else has it, or has decided. */
export function decideReview(
  transactionId: string,
  said: { by: string; decision: ReviewDecision; note: string | null; undo_s?: number },
): Promise<Review> {
  return post('/reviews/{transaction_id}/decision', { undo_s: 0, ...said }, { path: { transaction_id: transactionId } });
}
