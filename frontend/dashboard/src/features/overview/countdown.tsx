'use client';

import { useNow } from '@/lib/now';
import { nextAttempt } from './circuit-words';

const STEP_MS = 250; // a second of this clock ends at most so long after one of the gateway's

/**
 * Counts a duration down that the gateway told, from when it told it: both on this browser's clock, so a wrong one does no
 * harm. `forMs`: milliseconds; `sinceMs`: when that was heard, milliseconds since the epoch.
 */
export function Countdown({ forMs, sinceMs, isReachable }: { forMs: number; sinceMs: number; isReachable: boolean }) {
  const nowMs = useNow(STEP_MS);
  const passedMs = nowMs === 0 ? 0 : Math.max(0, nowMs - sinceMs);
  return (
    <span role="timer" aria-live="off">
      {nextAttempt(Math.max(0, forMs - passedMs), isReachable)}
    </span>
  );
}
