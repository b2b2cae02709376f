import { queryOptions } from '@tanstack/react-query';
import { PACE_MS } from '@/lib/polling';
import { get, type QueryOf } from './client';

const SHOWN_MAX = 100; // all of them on paper, after most outages

/** Filters of GET /transactions for what a later score would decide otherwise. Times RFC 3339; `to` null while it lasts. */
export function flippedBetween(from: string, to: string | null) {
  return { flipped: true, created_from: from, ...(to !== null && { created_to: to }) } satisfies QueryOf<'/transactions'>;
}

/** The newest of them. */
export function flippedQuery(from: string, to: string | null) {
  return queryOptions({
    queryKey: ['flipped', from, to],
    queryFn: ({ signal }) => get('/transactions', { query: { ...flippedBetween(from, to), limit: SHOWN_MAX }, signal }),
    refetchInterval: to === null ? PACE_MS.surroundings : PACE_MS.seldom,
  });
}
