'use client';

import { useState } from 'react';
import { areSame, compare, keep, type Kept } from './still';

export interface Still<T> {
  shown: readonly T[];
  /** How many newer ones wait outside. */
  fresh: number;
  /** Ids of what is shown and has left the list. */
  gone: ReadonlySet<string>;
  /** Shows the newest; what has the pointer or the focus may change. */
  renew: () => void;
  /** Takes one out, because of what the reader did with it. */
  remove: (id: string) => void;
}

/**
 * Keeps the rows of a list in their places while somebody is in it: new ones wait, and what has left stays, as it was last
 * known. Rows should be keyed by their place, not by their id: then a list that nobody is in changes its text and moves nothing.
 *
 * Args:
 *   of: names the list, so that another one replaces it at once; undefined while `newest` is still of the one before.
 */
export function useStill<T>(newest: readonly T[], idOf: (item: T) => string, { isHeld, of }: { isHeld: boolean; of: string | undefined }): Still<T> {
  const [kept, setKept] = useState<Kept<T> | null>(null);
  const list = of ?? kept?.of ?? '';
  let now = isHeld ? kept : null;
  if (isHeld && now?.of !== list) now = { of: list, newest, items: newest };
  else if (now && !areSame(now.newest, newest)) now = keep(now, newest, idOf);
  if (now !== kept) setKept(now);
  const shown = now?.items ?? newest;
  return {
    shown,
    ...compare(shown, newest, idOf),
    renew: () => setKept(null),
    remove: (id) => setKept((had) => had && { ...had, items: had.items.filter((item) => idOf(item) !== id) }),
  };
}
