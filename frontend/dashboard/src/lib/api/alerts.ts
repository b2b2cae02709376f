import { queryOptions } from '@tanstack/react-query';
import { PACE_MS } from '@/lib/polling';
import { get, type ReplyOf } from './client';

export type Alert = ReplyOf<'/alerts', 'get'>['alerts'][number];

export const ALERTS_MAX = 100; // one outage may turn hundreds of verdicts: what lies under them is news as well

/** The newest alerts, newest first. */
export const alertsQuery = queryOptions({
  queryKey: ['alerts'],
  queryFn: async ({ signal }) => (await get('/alerts', { signal, query: { limit: ALERTS_MAX } })).alerts,
  refetchInterval: PACE_MS.seldom,
});
