'use client';

/**
 * What stands behind the "?" of the address. It is written past the router, which would ask the server for the page
 * again; the router notices, so `useSearchParams` is how it is read.
 */

/** `push`: a new step for the browser's Back. `replace`: no step. Nothing happens when the address says so already. */
export function writeAddress(params: URLSearchParams, how: 'push' | 'replace', state: object = {}): void {
  const text = params.toString();
  if (text === new URLSearchParams(window.location.search).toString()) return;
  const url = text ? `?${text}` : window.location.pathname;
  if (how === 'push') window.history.pushState(state, '', url);
  else window.history.replaceState(state, '', url);
}

/** These parameters with some of them set, or left out where the value is null. */
export function withParams(params: URLSearchParams, changes: Readonly<Record<string, string | null>>): URLSearchParams {
  const next = new URLSearchParams(params);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) next.delete(name);
    else next.set(name, value);
  }
  return next;
}

const WINDOW = { isWindow: true };

/** Opens a window over the page that the address names, such as ?tx=ID. The browser's Back closes it. */
export function openWindow(name: string, value: string): void {
  writeAddress(withParams(new URLSearchParams(window.location.search), { [name]: value }), 'push', { ...WINDOW });
}

/** Closes it: one step back where it was opened on this page, else by leaving it out of the address. */
export function closeWindow(name: string): void {
  const state: unknown = window.history.state;
  if (typeof state === 'object' && state !== null && 'isWindow' in state) window.history.back();
  else writeAddress(withParams(new URLSearchParams(window.location.search), { [name]: null }), 'replace');
}

/** Whether a click on a link asks for a new tab or a download, which is the browser's matter. */
export function isPlainClick(event: { button: number; metaKey: boolean; ctrlKey: boolean; shiftKey: boolean; altKey: boolean }): boolean {
  return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
}
