'use client';

import { useCallback, useSyncExternalStore } from 'react';

/** Texts that this browser keeps for its user. Where it may not keep any, they last as long as the page. */

const kept = new Map<string, string>(); // what the browser would not take
const listeners = new Set<() => void>();

function read(name: string): string | null {
  try {
    return kept.get(name) ?? window.localStorage.getItem(name);
  } catch {
    return kept.get(name) ?? null;
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('storage', listener); // other tabs
  return () => {
    listeners.delete(listener);
    window.removeEventListener('storage', listener);
  };
}

/** A kept text, `initial` until one is set, and how to set it. All parts of the page that use a name see its changes. */
export function useStored(name: string, initial: string): [string, (value: string) => void] {
  const value = useSyncExternalStore(subscribe, () => read(name) ?? initial, () => initial);
  const set = useCallback(
    (next: string) => {
      try {
        window.localStorage.setItem(name, next);
        kept.delete(name);
      } catch {
        kept.set(name, next);
      }
      for (const listener of listeners) listener();
    },
    [name],
  );
  return [value, set];
}
