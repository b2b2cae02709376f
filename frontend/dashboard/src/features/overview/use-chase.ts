'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { alertsQuery } from '@/lib/api/alerts';
import { circuitQuery } from '@/lib/api/circuit';
import { healthQuery } from '@/lib/api/health';
import { ledgerQuery } from '@/lib/api/ledger';
import { recentQuery } from '@/lib/api/recent';
import { trafficQuery } from '@/lib/api/stats';
import { usePolled } from '@/lib/polling';

const SLOWER = [recentQuery, trafficQuery, healthQuery, alertsQuery];
const AGAIN_MS = 1_000; // the first answers may be from just before the change

/** When the circuit or the ledger changes, what is asked for less often is asked for at once, and again a second later. */
export function useChase(): void {
  const client = useQueryClient();
  const { data: circuit } = usePolled(circuitQuery);
  const { data: ledger } = usePolled(ledgerQuery);
  const situation =
    circuit && ledger && [circuit.fleet_state, circuit.scorer_reachable, ledger.status, ledger.pending > 0].join();
  const before = useRef(situation);
  useEffect(() => {
    const isChange = before.current !== undefined && situation !== undefined && situation !== before.current;
    before.current = situation ?? before.current;
    if (!isChange) return undefined;
    const chase = () => SLOWER.forEach(({ queryKey }) => void client.invalidateQueries({ queryKey }));
    chase();
    const again = setTimeout(chase, AGAIN_MS);
    return () => clearTimeout(again);
  }, [client, situation]);
}
