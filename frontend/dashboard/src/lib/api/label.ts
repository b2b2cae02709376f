import { put, type ReplyOf } from './client';

export type Label = ReplyOf<'/transactions/{transaction_id}/label', 'put'>;

/** Who says so. The gateway takes any word; these are the ones that people use here. */
export const LABEL_SOURCES = ['analyst', 'chargeback', 'customer'] as const;
export type LabelSource = (typeof LABEL_SOURCES)[number];

/** Says what a transaction turned out to be, known from now on. Another answer than before is a correction: one revision more. */
export function putLabel(transactionId: string, said: { isFraud: boolean; source: LabelSource }): Promise<Label> {
  return put(
    '/transactions/{transaction_id}/label',
    { is_fraud: said.isFraud, source: said.source, known_at: null },
    { path: { transaction_id: transactionId } },
  );
}
