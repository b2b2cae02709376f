'use client';

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { circuitQuery } from './api/circuit';
import { Unreachable } from './api/client';
import { meQuery } from './api/me';
import { useNow } from './now';
import { PACE_MS, useIsNobody, usePolled, usePolling } from './polling';

/**
 *   connecting ── first answer ──> live ── 3 polls missed ──> stale
 *                                   │ ^                         │
 *                    nobody answers v │ an answer               v
 *                                unreachable  <─────────────────┘
 *
 * Whether updates are paused is another matter: an outage does not end because nobody asks any more.
 */
export type Connection = 'connecting' | 'live' | 'stale' | 'unreachable';

const STALE_MS = 3.5 * PACE_MS.circuit;

/**
 * Pure: what the pulse says. Times in milliseconds since the epoch; `updatedAtMs` is 0 when no answer ever came,
 * `askingSinceMs` null while nobody asks: what is not asked for cannot be late.
 */
export function toConnection(pulse: {
  error: Error | null;
  updatedAtMs: number;
  askingSinceMs: number | null;
  nowMs: number;
}): Connection {
  if (pulse.error instanceof Unreachable) return 'unreachable';
  // an answer that says no is an answer: the gateway is there
  if (pulse.error !== null) return 'live';
  if (pulse.updatedAtMs === 0) return 'connecting';
  if (pulse.askingSinceMs !== null && pulse.nowMs - Math.max(pulse.updatedAtMs, pulse.askingSinceMs) > STALE_MS) return 'stale';
  return 'live';
}

export interface ConnectionState {
  state: Connection;
  /** Nobody asks, because somebody wanted that; `state` is then what it was when it was last asked. */
  isPaused: boolean;
  /** When an answer last came; 0 when none ever did. */
  updatedAtMs: number;
  /** Figures on the page describe a time that is gone: chips say "was", cards get a dashed edge. */
  isOld: boolean;
  retry: () => void;
}

/**
 * Whether the gateway is there, as the page's pulse tells: the circuit, or who asks while nobody is known. Any part of the
 * page may ask: there is one pulse.
 */
export function useConnection(): ConnectionState {
  const { isPaused, askingSinceMs } = usePolling();
  const circuit = usePolled(circuitQuery);
  const isNobody = useIsNobody();
  const who = useQuery({ ...meQuery, enabled: isNobody });
  const pulse = isNobody ? who : circuit;
  const nowMs = useNow();
  const error = useLastError(pulse.error, pulse.isPending && pulse.errorUpdatedAt > 0);
  const state = toConnection({ error, updatedAtMs: pulse.dataUpdatedAt, askingSinceMs, nowMs });
  return {
    state,
    isPaused,
    updatedAtMs: pulse.dataUpdatedAt,
    isOld: state === 'stale' || state === 'unreachable',
    retry: () => void pulse.refetch(),
  };
}

/** TanStack forgets the error of a query without data while it asks again: the banner would go and come with each attempt. */
function useLastError(error: Error | null, isAskingAgain: boolean): Error | null {
  const [last, setLast] = useState(error);
  if (error !== null && error !== last) setLast(error);
  return error ?? (isAskingAgain ? last : null);
}
