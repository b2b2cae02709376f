'use client';

import { circuitQuery } from './api/circuit';
import { Unreachable } from './api/client';
import { useNow } from './now';
import { PACE_MS, usePolled, usePolling } from './polling';

/**
 *   connecting ── first answer ──> live ── 3 polls missed ──> stale
 *                                   │ ^                         │
 *                    nobody answers v │ an answer               v
 *                                unreachable  <─────────────────┘        paused: whatever it was, nobody asks
 */
export type Connection = 'connecting' | 'live' | 'stale' | 'unreachable' | 'paused';

const STALE_MS = 3.5 * PACE_MS.circuit;

/** Pure: what the pulse says. Times in milliseconds since the epoch; `updatedAtMs` is 0 when no answer ever came. */
export function toConnection(pulse: {
  isPaused: boolean;
  error: Error | null;
  updatedAtMs: number;
  nowMs: number;
}): Connection {
  if (pulse.isPaused) return 'paused';
  if (pulse.error instanceof Unreachable) return 'unreachable';
  if (pulse.updatedAtMs === 0 && pulse.error === null) return 'connecting';
  // an answer that says no is an answer: the gateway is there
  if (pulse.error === null && pulse.nowMs - pulse.updatedAtMs > STALE_MS) return 'stale';
  return 'live';
}

export interface ConnectionState {
  state: Connection;
  /** When an answer last came; 0 when none ever did. */
  updatedAtMs: number;
  /** Figures on the page describe a time that is gone: chips say "was", cards get a dashed edge. */
  isOld: boolean;
  retry: () => void;
}

/** Whether the gateway is there, as the page's pulse tells. Any part of the page may ask: there is one pulse. */
export function useConnection(): ConnectionState {
  const { isPaused } = usePolling();
  const pulse = usePolled(circuitQuery);
  const nowMs = useNow();
  const state = toConnection({ isPaused, error: pulse.error, updatedAtMs: pulse.dataUpdatedAt, nowMs });
  return {
    state,
    updatedAtMs: pulse.dataUpdatedAt,
    isOld: state === 'stale' || state === 'unreachable',
    retry: () => void pulse.refetch(),
  };
}
