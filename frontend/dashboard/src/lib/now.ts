'use client';

import { useEffect, useState } from 'react';

/** Milliseconds since the epoch, renewed every `everyMs`; 0 before the page runs, so that built and shown pages agree. */
export function useNow(everyMs = 1_000): number {
  const [nowMs, setNowMs] = useState(0);
  useEffect(() => {
    const tick = () => setNowMs(Date.now());
    tick();
    const timer = setInterval(tick, everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return nowMs;
}
