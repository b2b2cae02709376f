'use client';

import { useState, type FocusEvent } from 'react';

/** Keeps what is shown while somebody points into it or has the focus in it, so that no row slips away under the hand. */
export function useHeld<T>(newest: T): {
  shown: T;
  isHeld: boolean;
  handlers: {
    onPointerEnter: () => void;
    onPointerLeave: () => void;
    onFocus: () => void;
    onBlur: (event: FocusEvent) => void;
  };
} {
  const [held, setHeld] = useState<{ by: 'pointer' | 'focus'; value: T } | null>(null);
  const hold = (by: 'pointer' | 'focus') => setHeld((before) => before ?? { by, value: newest });
  const release = (by: 'pointer' | 'focus') => setHeld((before) => (before?.by === by ? null : before));
  return {
    shown: held ? held.value : newest,
    isHeld: held !== null,
    handlers: {
      onPointerEnter: () => hold('pointer'),
      onPointerLeave: () => release('pointer'),
      onFocus: () => hold('focus'),
      onBlur: (event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) release('focus');
      },
    },
  };
}
