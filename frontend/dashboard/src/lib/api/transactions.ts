import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { PACE_MS } from '@/lib/polling';
import { ApiProblem, get, type QueryOf, type ReplyOf } from './client';

export type TransactionSearch = QueryOf<'/transactions'>;
export type TransactionPage = ReplyOf<'/transactions', 'get'>;
export type TransactionRecord = TransactionPage['transactions'][number];

export const PAGE_SIZE = 50;
export const TOO_SLOW = 'SEARCH_TOO_SLOW'; // code of a search that finds too little in too much

/**
 * One page of the record, newest first. Only the first page changes while it is read, so only that one is polled.
 * While another page is on its way the one before it stays.
 */
export function transactionsQuery(search: TransactionSearch) {
  const isFirstPage = !search.cursor;
  return queryOptions({
    queryKey: ['transactions', search],
    queryFn: ({ signal }) => get('/transactions', { query: { ...search, limit: PAGE_SIZE }, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (isFirstPage && !isHopeless(state.error) ? PACE_MS.records : false),
    refetchOnWindowFocus: isFirstPage,
  });
}

/** The same search would be refused again, or take too long again. */
function isHopeless(error: Error | null): boolean {
  return error instanceof ApiProblem && (error.status === 422 || error.code === TOO_SLOW);
}
