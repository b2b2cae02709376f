'use client';

import { useNow } from '@/lib/now';
import { nextAttempt } from './circuit-words';
import type { History } from './histories';

const STEP_MS = 250; // a second of this clock ends at most so long after one of the gateway's

/**
 * Counts down to `untilMs` on this browser's clock, made of a duration that the gateway told and of when that was heard: so
 * a wrong clock does no harm.
 */
export function Countdown({ untilMs, brain }: { untilMs: number; brain: History['brain'] }) {
  const nowMs = useNow(STEP_MS);
  if (nowMs === 0) return null;
  return (
    <span role="timer" aria-live="off">
      {nextAttempt(Math.max(0, untilMs - nowMs), brain)}
    </span>
  );
}
