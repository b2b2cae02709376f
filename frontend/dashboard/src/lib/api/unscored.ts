import { queryOptions } from '@tanstack/react-query';
import { PACE_MS } from '@/lib/polling';
import { get, type QueryOf, type ReplyOf } from './client';

export type UnscoredPage = ReplyOf<'/transactions', 'get'>;
export type UnscoredRecord = UnscoredPage['transactions'][number];

const SHOWN_MAX = 10;

/** Filters of GET /transactions for what was decided without a score. Times RFC 3339; `to` null while it lasts. */
export function unscoredBetween(from: string, to: string | null) {
  return { scored: false, created_from: from, ...(to !== null && { created_to: to }) } satisfies QueryOf<'/transactions'>;
}

/** The newest of them. */
export function unscoredQuery(from: string, to: string | null) {
  return queryOptions({
    queryKey: ['unscored', from, to],
    queryFn: ({ signal }) => get('/transactions', { query: { ...unscoredBetween(from, to), limit: SHOWN_MAX }, signal }),
    refetchInterval: to === null ? PACE_MS.surroundings : PACE_MS.seldom,
  });
}
