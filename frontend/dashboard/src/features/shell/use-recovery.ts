'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { Connection } from '@/lib/connection';

/** When the gateway is back, all that failed meanwhile is asked for at once: some of it would wait for many seconds. */
export function useRecovery(state: Connection): void {
  const client = useQueryClient();
  const before = useRef(state);
  useEffect(() => {
    const isBack = before.current === 'unreachable' && state === 'live';
    before.current = state;
    if (isBack) void client.invalidateQueries();
  }, [client, state]);
}
