'use client';

import { useState, useSyncExternalStore, type FocusEvent } from 'react';

type Holder = 'pointer' | 'focus';

const NO_POINTER = '(hover: none)';

export interface Holders {
  /** Somebody points into it or has the focus in it: what is in it should keep its place. */
  isHeld: boolean;
  handlers: {
    onPointerEnter: () => void;
    onPointerLeave: () => void;
    onFocus: (event: FocusEvent) => void;
    onBlur: (event: FocusEvent) => void;
  };
}

/**
 * Who is in a list. What both hold is held until both are gone. A screen that is touched tells of no finger before it
 * comes down, so there the list is held always. A window over the page, or of another program, gives the focus back.
 *
 * Args:
 *   isAlso: there is another reason to hold it.
 */
export function useHolders(isAlso = false): Holders {
  const [by, setBy] = useState<readonly Holder[]>([]);
  const isTouched = useSyncExternalStore(watchPointer, hasNoPointer, () => false);
  const hold = (holder: Holder) => setBy((had) => (had.includes(holder) ? had : [...had, holder]));
  const release = (holder: Holder) => setBy((had) => had.filter((one) => one !== holder));
  return {
    isHeld: isAlso || isTouched || by.length > 0,
    handlers: {
      onPointerEnter: () => hold('pointer'),
      onPointerLeave: () => release('pointer'),
      // a region is a stop of the keyboard as well, to scroll it: no row has the focus then
      onFocus: ({ target }) => (target.matches('[role=region], section') ? release('focus') : hold('focus')),
      onBlur: ({ currentTarget, relatedTarget }) => {
        const isAway = relatedTarget === null ? !document.hasFocus() : relatedTarget.closest('dialog') !== null;
        if (!isAway && !currentTarget.contains(relatedTarget)) release('focus');
      },
    },
  };
}

function hasNoPointer(): boolean {
  return typeof window.matchMedia === 'function' && window.matchMedia(NO_POINTER).matches;
}

function watchPointer(onChange: () => void): () => void {
  if (typeof window.matchMedia !== 'function') return () => {};
  const query = window.matchMedia(NO_POINTER);
  query.addEventListener('change', onChange);
  return () => query.removeEventListener('change', onChange);
}
