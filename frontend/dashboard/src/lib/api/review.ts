import { queryOptions } from '@tanstack/react-query';
import { PACE_MS } from '@/lib/polling';
import { get } from './client';

/** One record of the queue, wherever in it. 404 where it never waited for anybody. */
export function reviewQuery(transactionId: string) {
  return queryOptions({
    queryKey: ['review', transactionId],
    queryFn: ({ signal }) => get('/reviews/{transaction_id}', { path: { transaction_id: transactionId }, signal }),
    refetchInterval: PACE_MS.records,
  });
}
