import { queryOptions } from '@tanstack/react-query';
import { PACE_MS } from '@/lib/polling';
import { isUnknownId } from '@/lib/problem';
import { get } from './client';

/** One record of the queue, wherever in it. 404 where it never waited for anybody. Watched closely until it is decided. */
export function reviewQuery(transactionId: string) {
  return queryOptions({
    queryKey: ['review', transactionId],
    queryFn: ({ signal }) => get('/reviews/{transaction_id}', { path: { transaction_id: transactionId }, signal }),
    refetchInterval: ({ state: { data, error } }) => {
      if (isUnknownId(error)) return PACE_MS.fixed;
      return data?.review?.state === 'decided' ? PACE_MS.seldom : PACE_MS.records;
    },
  });
}
