import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { PACE_MS } from '@/lib/polling';
import { get, type ReplyOf } from './client';

export type Outages = ReplyOf<'/outages', 'get'>;
export type Outage = Outages['outages'][number];

export const OUTAGES_PAGE_MAX = 50; // a week of one outage every three hours

/** One page of outages, newest first. `cursor`: the `next_cursor` of the page before; null for the newest. */
export function outagesQuery(cursor: string | null) {
  return queryOptions({
    queryKey: ['outages', cursor],
    queryFn: ({ signal }) => get('/outages', { query: { limit: OUTAGES_PAGE_MAX, cursor }, signal }),
    refetchInterval: cursor === null ? PACE_MS.surroundings : PACE_MS.seldom,
    placeholderData: keepPreviousData,
  });
}
