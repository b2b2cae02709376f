'use client';

import { useEffect, useState, useSyncExternalStore } from 'react';

/**
 * Since when this tab asks without a break, in milliseconds since the epoch; null while it is paused or hidden: nobody
 * asks then, and a silence is nobody's.
 */
export function useAskingSince(isPaused: boolean): number | null {
  const isHidden = useSyncExternalStore(subscribe, readHidden, () => false);
  const isAsking = !isPaused && !isHidden;
  const [sinceMs, setSinceMs] = useState<number | null>(null);
  useEffect(() => {
    const note = () => setSinceMs(isAsking ? Date.now() : null);
    note();
  }, [isAsking]);
  return isAsking ? sinceMs : null;
}

function readHidden(): boolean {
  return document.visibilityState === 'hidden';
}

function subscribe(listener: () => void): () => void {
  document.addEventListener('visibilitychange', listener);
  return () => document.removeEventListener('visibilitychange', listener);
}
