'use client';

import {
  MutationCache,
  QueryCache,
  QueryClient,
  QueryClientProvider,
  useQuery,
  type DefaultError,
  type QueryKey,
  type UseQueryOptions,
  type UseQueryResult,
} from '@tanstack/react-query';
import { createContext, useContext, useMemo, useState, type ReactNode } from 'react';
import { isNobody, ME_KEY, meQuery, type Who } from './api/me';
import { useAskingSince } from './asking';

export { PACE_MS } from './pace';

interface Polling {
  isPaused: boolean;
  setPaused: (isPaused: boolean) => void;
  /** See useAskingSince. */
  askingSinceMs: number | null;
  /** Who uses the page; undefined until the gateway has said so. */
  who: Who | undefined;
}

const PollingContext = createContext<Polling>({ isPaused: false, setPaused: () => {}, askingSinceMs: null, who: undefined });

/**
 * Asks on through failures, stays quiet in a hidden tab, and asks at once when the tab is looked at again. Where an answer
 * says that nobody is known any more, who is is asked for.
 */
export function makeQueryClient(): QueryClient {
  const onError = (error: Error) => {
    if (isNobody(error)) void client.refetchQueries({ queryKey: ME_KEY }, { cancelRefetch: false });
  };
  const client = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
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
  return client;
}

export function PollingProvider({ children }: { children: ReactNode }) {
  const [client] = useState(makeQueryClient);
  return (
    <QueryClientProvider client={client}>
      <Asking>{children}</Asking>
    </QueryClientProvider>
  );
}

function Asking({ children }: { children: ReactNode }) {
  const [isPaused, setPaused] = useState(false);
  const askingSinceMs = useAskingSince(isPaused);
  const { data: who } = useQuery(isPaused ? { ...meQuery, ...STILL } : meQuery); // while nobody is known, the pulse asks on
  const polling = useMemo(() => ({ isPaused, setPaused, askingSinceMs, who }), [isPaused, askingSinceMs, who]);
  return <PollingContext value={polling}>{children}</PollingContext>;
}

export function usePolling(): Polling {
  return useContext(PollingContext);
}

const STILL = { refetchInterval: false, refetchOnWindowFocus: false, staleTime: Infinity } as const;

/** Whether the gateway has said that it does not know who uses this page. */
export function useIsNobody(): boolean {
  return usePolling().who?.me === null;
}

/**
 * A query whose polling, and waking up, stops while updates are paused. What was never asked for is still fetched once.
 * While nobody is signed in nothing is asked for: it would be refused.
 */
export function usePolled<T, E = DefaultError, D = T, K extends QueryKey = QueryKey>(
  options: UseQueryOptions<T, E, D, K>,
): UseQueryResult<D, E> {
  const { isPaused } = usePolling();
  return useQuery({ ...options, ...(isPaused && STILL), ...(useIsNobody() && { enabled: false }) });
}
