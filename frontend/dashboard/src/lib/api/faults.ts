import { queryOptions } from '@tanstack/react-query';
import { PACE_MS } from '@/lib/polling';
import { get, type ReplyOf } from './client';

export type Faults = ReplyOf<'/faults', 'get'>;
export type BrainFaults = Faults['brains'][number];
export type FaultSettings = NonNullable<BrainFaults['faults']>;

export const FAULTS_KEY = ['faults'];

/** What every brain injects right now, whoever switched it on. */
export const faultsQuery = queryOptions({
  queryKey: FAULTS_KEY,
  queryFn: ({ signal }) => get('/faults', { signal }),
  refetchInterval: PACE_MS.records,
});
