import { queryOptions } from '@tanstack/react-query';
import { PACE_MS } from '@/lib/polling';
import { get, type ReplyOf } from './client';

export type Health = ReplyOf<'/health', 'get'>;

/** The gateway's own view of itself. Asked for more often while it is not well. */
export const healthQuery = queryOptions({
  queryKey: ['health'],
  queryFn: ({ signal }) => get('/health', { signal }),
  refetchInterval: ({ state }) => (state.data?.status === 'degraded' ? PACE_MS.surroundings : PACE_MS.seldom),
});
