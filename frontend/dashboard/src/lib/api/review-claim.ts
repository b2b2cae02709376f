import { post, type ReplyOf } from './client';

export type Review = ReplyOf<'/reviews/{transaction_id}/claim', 'post'>;

/** Holds it for 15 minutes. ApiProblem 409 names who has it. */
export function claimReview(transactionId: string, by: string): Promise<Review> {
  return post('/reviews/{transaction_id}/claim', { by }, { path: { transaction_id: transactionId } });
}
