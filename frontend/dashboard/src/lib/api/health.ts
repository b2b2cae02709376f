import { queryOptions } from '@tanstack/react-query';
import { PACE_MS } from '@/lib/polling';
import { get, type ReplyOf } from './client';

export type Health = ReplyOf<'/health', 'get'>;

/** The gateway's own view of itself. */
export const healthQuery = queryOptions({
  queryKey: ['health'],
  queryFn: ({ signal }) => get('/health', { signal }),
  refetchInterval: PACE_MS.seldom, // what is urgent in it, circuit and ledger tell sooner
});
