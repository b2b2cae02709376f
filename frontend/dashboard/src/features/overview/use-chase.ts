'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { alertsQuery } from '@/lib/api/alerts';
import { circuitQuery, type CircuitStatus } from '@/lib/api/circuit';
import { healthQuery } from '@/lib/api/health';
import { ledgerQuery, type LedgerStatus } from '@/lib/api/ledger';
import { usePolled, usePolling } from '@/lib/polling';
import { makeChase } from './chase';

const SELDOM = [healthQuery, alertsQuery]; // the others come within 3 s by themselves

/** When the circuit or the ledger changes, what is asked for seldom is asked for soon. */
export function useChase(): void {
  const client = useQueryClient();
  const { isPaused } = usePolling();
  const { data: circuit } = usePolled(circuitQuery);
  const { data: ledger } = usePolled(ledgerQuery);
  const now = circuit && ledger && toSituation(circuit, ledger);
  const before = useRef(now);
  const chase = useRef<ReturnType<typeof makeChase>>(null);
  useEffect(() => {
    if (isPaused) return undefined;
    const made = makeChase(() => SELDOM.forEach(({ queryKey }) => void client.invalidateQueries({ queryKey })));
    chase.current = made;
    return () => made.stop();
  }, [client, isPaused]);
  useEffect(() => {
    if (before.current !== undefined && now !== undefined && now !== before.current && !isPaused) chase.current?.note();
    before.current = now ?? before.current;
  }, [now, isPaused]);
}

/**
 * Pure: what every gateway says alike. What each says of itself, as whether it reaches a brain or MongoDB, counts only where
 * there is one: of several, another one may answer each time, and nothing would have changed.
 */
export function toSituation(circuit: CircuitStatus, ledger: LedgerStatus): string {
  const states = circuit.instances.map(({ state }) => state).sort();
  const own = circuit.instances.length <= 1 ? [circuit.scorer_reachable, ledger.status] : [];
  return [circuit.fleet_state, ...states, ledger.pending > 0, ...own].join();
}
