/** The chosen theme: an attribute of the page, which the colours follow, and a word in the browser's storage. */

export type Theme = 'system' | 'light' | 'dark';

const KEY = 'sentinel-theme'; // theme.js reads it before the first paint
const listeners = new Set<() => void>();

export function readTheme(): Theme {
  const { theme } = document.documentElement.dataset;
  return theme === 'light' || theme === 'dark' ? theme : 'system';
}

/** From now on, and at the next visit where the browser keeps things. */
export function saveTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    if (theme === 'system') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // private windows refuse: it lasts as long as the page
  }
  for (const listener of listeners) listener();
}

export function subscribeToTheme(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
