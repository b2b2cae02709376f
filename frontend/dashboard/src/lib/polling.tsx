'use client';

import {
  QueryClient,
  QueryClientProvider,
  useQuery,
  type DefaultError,
  type QueryKey,
  type UseQueryOptions,
  type UseQueryResult,
} from '@tanstack/react-query';
import { createContext, useContext, useMemo, useState, type ReactNode } from 'react';
import { useAskingSince } from './asking';

/**
 * How often each kind of answer is asked for, in milliseconds. What an operator has to see within 2 s is asked for every
 * 1.75 s or sooner. One open tab costs the gateway less than 3 requests/s; the dearest page is the overview:
 *
 *   circuit 1.00 + ledger 0.71 + newest records 0.57 + figures 0.33 + alerts, health 0.20 + faults 0.07
 *   = 2.88 requests/s, faults 0.03 where they may not be switched
 *
 * A change of circuit or ledger makes alerts and health be asked for a second later, at most every 7.5 s: if something
 * changed all the time, that would be 0.07 requests/s more, 2.95 in all. Opening a page, resuming updates
 * and the end of an outage ask once for all that is shown.
 */
export const PACE_MS = {
  circuit: 1_000,
  ledger: 1_400,
  records: 1_750,
  figures: 3_000,
  surroundings: 5_000,
  seldom: 10_000,
  drills: 15_000,
  fixed: 30_000,
} as const;

interface Polling {
  isPaused: boolean;
  setPaused: (isPaused: boolean) => void;
  /** See useAskingSince. */
  askingSinceMs: number | null;
}

const PollingContext = createContext<Polling>({ isPaused: false, setPaused: () => {}, askingSinceMs: null });

/** Asks on through failures, stays quiet in a hidden tab, and asks at once when the tab is looked at again. */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        retry: false, // the next poll is the retry
        networkMode: 'always', // browsers think that they are offline where only the internet is missing
        staleTime: 0,
        refetchIntervalInBackground: false,
        refetchOnReconnect: true,
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
}

export function PollingProvider({ children }: { children: ReactNode }) {
  const [client] = useState(makeQueryClient);
  const [isPaused, setPaused] = useState(false);
  const askingSinceMs = useAskingSince(isPaused);
  const polling = useMemo(() => ({ isPaused, setPaused, askingSinceMs }), [isPaused, askingSinceMs]);
  return (
    <QueryClientProvider client={client}>
      <PollingContext value={polling}>{children}</PollingContext>
    </QueryClientProvider>
  );
}

export function usePolling(): Polling {
  return useContext(PollingContext);
}

/** A query whose polling, and waking up, stops while updates are paused. What was never asked for is still fetched once. */
export function usePolled<T, E = DefaultError, D = T, K extends QueryKey = QueryKey>(
  options: UseQueryOptions<T, E, D, K>,
): UseQueryResult<D, E> {
  const { isPaused } = usePolling();
  return useQuery(isPaused ? { ...options, refetchInterval: false, refetchOnWindowFocus: false, staleTime: Infinity } : options);
}
