import { queryOptions } from '@tanstack/react-query';
import { PACE_MS } from '@/lib/polling';
import { get, type ReplyOf } from './client';

export type OutageAlert = ReplyOf<'/alerts', 'get'>['alerts'][number];

/** What was said of one outage: that it began, that verdicts are blind, that it is over. Newest first. */
export function outageAlertsQuery(id: string) {
  return queryOptions({
    queryKey: ['outage-alerts', id],
    queryFn: ({ signal }) => get('/alerts', { query: { key: id }, signal }),
    refetchInterval: PACE_MS.surroundings,
  });
}
