import { useSyncExternalStore } from 'react';

/**
 * Stands in for next/navigation: the address of the test's window, noticed as the router notices it.
 * `vi.mock('next/navigation', () => import('@/testing/navigation'))`
 */

const listeners = new Set<() => void>();

function notifying<A extends unknown[]>(change: (...args: A) => void): (...args: A) => void {
  return (...args) => {
    change(...args);
    for (const listener of listeners) listener();
  };
}

window.history.pushState = notifying(window.history.pushState.bind(window.history));
window.history.replaceState = notifying(window.history.replaceState.bind(window.history));

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('popstate', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('popstate', listener);
  };
}

export function useSearchParams(): URLSearchParams {
  const search = useSyncExternalStore(subscribe, () => window.location.search);
  return new URLSearchParams(search);
}

export function usePathname(): string {
  return window.location.pathname;
}
