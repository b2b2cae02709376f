import { queryOptions, type QueryClient } from '@tanstack/react-query';
import { PACE_MS } from '@/lib/polling';
import { get, getFresh } from './client';

/** The record of one transaction: its request, the verdict that stands, and what was found out later. */
export function transactionQuery(transactionId: string) {
  return queryOptions({
    queryKey: ['transaction', transactionId],
    queryFn: ({ signal }) => get('/transactions/{transaction_id}', { path: { transaction_id: transactionId }, signal }),
    refetchInterval: PACE_MS.surroundings,
  });
}

/** Reads it anew after a change of it. When that fails, the next poll brings it. */
export async function renewTransaction(client: QueryClient, transactionId: string): Promise<void> {
  const { queryKey } = transactionQuery(transactionId);
  await client.cancelQueries({ queryKey });
  const fresh = getFresh('/transactions/{transaction_id}', { path: { transaction_id: transactionId } });
  await fresh.then((record) => client.setQueryData(queryKey, record)).catch(() => {});
  void client.invalidateQueries({ queryKey: ['transactions'] });
}
