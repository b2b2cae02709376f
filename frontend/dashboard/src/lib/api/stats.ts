import { queryOptions } from '@tanstack/react-query';
import { PACE_MS } from '@/lib/polling';
import { get, type ReplyOf } from './client';

export type Traffic = ReplyOf<'/stats', 'get'>['traffic'];
export type TrafficBucket = Traffic['buckets'][number];

/** How much was asked in the last four minutes, how it was answered and how fast, of all gateways together. */
export const trafficQuery = queryOptions({
  queryKey: ['traffic'],
  queryFn: async ({ signal }) => (await get('/stats', { signal })).traffic,
  refetchInterval: PACE_MS.figures,
});
