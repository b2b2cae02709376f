import { queryOptions } from '@tanstack/react-query';
import { PACE_MS } from '@/lib/polling';
import { get, type ReplyOf } from './client';

export type CircuitStatus = ReplyOf<'/circuit/status', 'get'>;

const TIMEOUT_MS = 1_500; // this one also says whether the gateway is there: a frozen one should show soon
const TRY_AGAIN_MS = 250; // one lost connection is no outage; two in a row are

/** The circuit of the gateway that answers, and of every other. The page's pulse. */
export const circuitQuery = queryOptions({
  queryKey: ['circuit'],
  queryFn: ({ signal }) => get('/circuit/status', { signal, timeoutMs: TIMEOUT_MS }),
  refetchInterval: PACE_MS.circuit,
  retry: 1,
  retryDelay: TRY_AGAIN_MS,
});
