import { post, type ReplyOf } from './client';

/** Who takes a step, where the gateway does not know that by itself; null where it does: its own name is put on record. */
export type By = string | null;

export type Review = ReplyOf<'/reviews/{transaction_id}/claim', 'post'>;

/** Holds it for 15 minutes. ApiProblem 409 names who has it. */
export function claimReview(transactionId: string, by: By): Promise<Review> {
  return post('/reviews/{transaction_id}/claim', { by }, { path: { transaction_id: transactionId } });
}
