'use client';

import { useId, useSyncExternalStore } from 'react';
import styles from './shell.module.css';
import { readTheme, saveTheme, subscribeToTheme, type Theme } from './theme';

const THEMES: readonly (readonly [Theme, string])[] = [
  ['system', 'System'],
  ['light', 'Light'],
  ['dark', 'Dark'],
];

/** Light, dark, or as the system has it; kept in this browser. */
export function ThemeChoice() {
  const id = useId();
  const theme = useSyncExternalStore(subscribeToTheme, readTheme, () => 'system' as const);
  return (
    <span className={styles.theme}>
      <label htmlFor={id}>Theme</label>
      <select id={id} value={theme} onChange={(event) => saveTheme(event.target.value as Theme)}>
        {THEMES.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </span>
  );
}
