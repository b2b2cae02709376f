import { queryOptions, type QueryClient } from '@tanstack/react-query';
import { PACE_MS } from '@/lib/polling';
import { get, type ReplyOf } from './client';

export type ReviewPage = ReplyOf<'/reviews', 'get'>;
export type ReviewRecord = ReviewPage['reviews'][number];
export const REVIEW_STATES = ['open', 'claimed', 'decided'] as const;
export type ReviewState = (typeof REVIEW_STATES)[number];

const PAGE_SIZE = 20; // people decide one at a time

/** One page of the queue, what is at stake first. Only the first page is polled: others would move while they are read. */
export function reviewsQuery(state: ReviewState, cursor: string | null) {
  return queryOptions({
    queryKey: ['reviews', state, cursor],
    queryFn: ({ signal }) => get('/reviews', { query: { state, cursor, limit: PAGE_SIZE }, signal }),
    // while another page of the same part is on its way, the one before it stays
    placeholderData: (had, query) => (query?.queryKey[1] === state ? had : undefined),
    refetchInterval: cursor === null ? PACE_MS.records : false,
    refetchOnWindowFocus: cursor === null,
  });
}

let renewals = 0;

/**
 * Reads a page anew after a step, so that no earlier answer brings back what has left it. Of two that are under way, the
 * later one counts.
 */
export async function renewReviews(client: QueryClient, state: ReviewState, cursor: string | null): Promise<void> {
  const { queryKey } = reviewsQuery(state, cursor);
  const mine = ++renewals;
  await client.cancelQueries({ queryKey });
  const fresh = get('/reviews', { query: { state, cursor, limit: PAGE_SIZE } });
  await fresh.then((page) => mine === renewals && client.setQueryData(queryKey, page)).catch(() => {});
}
