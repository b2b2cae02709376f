import { queryOptions } from '@tanstack/react-query';
import { PACE_MS } from '@/lib/polling';
import { get, type ReplyOf } from './client';

export type LedgerStatus = ReplyOf<'/ledger/status', 'get'>;

/** What was acknowledged, what waits in journals, and what is still to be scored. */
export const ledgerQuery = queryOptions({
  queryKey: ['ledger'],
  queryFn: ({ signal }) => get('/ledger/status', { signal }),
  refetchInterval: PACE_MS.ledger,
});
