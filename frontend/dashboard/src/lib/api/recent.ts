import { queryOptions } from '@tanstack/react-query';
import { PACE_MS } from '@/lib/polling';
import { get, type ReplyOf } from './client';

export type RecentRecord = ReplyOf<'/transactions', 'get'>['transactions'][number];

const SHOWN_MAX = 20;

/** The newest verdicts on record, newest first. */
export const recentQuery = queryOptions({
  queryKey: ['recent'],
  queryFn: async ({ signal }) => (await get('/transactions', { signal, query: { limit: SHOWN_MAX } })).transactions,
  refetchInterval: PACE_MS.records,
});
