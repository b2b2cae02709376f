import { queryOptions } from '@tanstack/react-query';
import { PACE_MS } from '@/lib/polling';
import { get, type ReplyOf } from './client';

export type Alert = ReplyOf<'/alerts', 'get'>['alerts'][number];

const SHOWN_MAX = 6;

/** The newest alerts, newest first; of single transactions those that follow each other are one that counts the rest. */
export const alertsQuery = queryOptions({
  queryKey: ['alerts'],
  queryFn: async ({ signal }) => (await get('/alerts', { signal, query: { fold: true, limit: SHOWN_MAX } })).alerts,
  refetchInterval: PACE_MS.seldom,
});
