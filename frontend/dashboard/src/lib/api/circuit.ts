import { queryOptions } from '@tanstack/react-query';
import { PACE_MS } from '@/lib/polling';
import { get, Unreachable, type ReplyOf } from './client';

export type CircuitStatus = ReplyOf<'/circuit/status', 'get'>;

// This one also says whether the gateway is there. With the pace of 1 s, a frozen gateway is told within 2 s.
const TIMEOUT_MS = 900;
const TRY_AGAIN_MS = 250; // one lost connection is no outage; two in a row are

/** The circuit of the gateway that answers, and of every other. The page's pulse. */
export const circuitQuery = queryOptions({
  queryKey: ['circuit'],
  queryFn: ({ signal }) => get('/circuit/status', { signal, timeoutMs: TIMEOUT_MS }),
  refetchInterval: PACE_MS.circuit,
  // after a silence there is no time for another; nginx's word that the gateway is away needs no second one
  retry: (failures, error) => failures < 1 && error instanceof Unreachable && error.isDropped,
  retryDelay: TRY_AGAIN_MS,
});
