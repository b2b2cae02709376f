import { queryOptions, type QueryClient } from '@tanstack/react-query';
import { PACE_MS } from '@/lib/polling';
import { isUnknownId } from '@/lib/problem';
import { get, type ReplyOf } from './client';

/** The record of one transaction: its request, the verdict that stands, and what was found out later. Watched closely while it may change. */
export function transactionQuery(transactionId: string) {
  return queryOptions({
    queryKey: ['transaction', transactionId],
    queryFn: ({ signal }) => get('/transactions/{transaction_id}', { path: { transaction_id: transactionId }, signal }),
    refetchInterval: ({ state: { data, error } }) => {
      if (isUnknownId(error)) return PACE_MS.fixed;
      return data && isSettled(data) ? PACE_MS.seldom : PACE_MS.surroundings;
    },
  });
}

/** Scored, on record, and nobody is waited for: what may still come is a doubt, or a label that somebody else sets. */
function isSettled({ scored, amendments, ledger_status, review }: ReplyOf<'/transactions/{transaction_id}', 'get'>): boolean {
  return (scored || amendments.length > 0) && ledger_status === 'committed' && (review === null || review.state === 'decided');
}

/** Reads it anew after a change of it. When that fails, the next poll brings it. */
export async function renewTransaction(client: QueryClient, transactionId: string): Promise<void> {
  const { queryKey } = transactionQuery(transactionId);
  await client.cancelQueries({ queryKey });
  const fresh = get('/transactions/{transaction_id}', { path: { transaction_id: transactionId } });
  await fresh.then((record) => client.setQueryData(queryKey, record)).catch(() => {});
  void client.invalidateQueries({ queryKey: ['transactions'] });
}
