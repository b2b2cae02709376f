'use client';

import { useEffect, useRef, useState, type FocusEvent } from 'react';

type Holder = 'pointer' | 'focus';

const RESTS_MS = 30_000; // a pointer that lies still for so long was left behind
const OLD_MS = 30_000;

export interface Held<T> {
  shown: T;
  /** Since when it is held, in milliseconds since the epoch; null while it is the newest. */
  sinceMs: number | null;
  /** Held for so long that it should not be taken for how things are. */
  isOld: boolean;
  handlers: {
    onPointerEnter: () => void;
    onPointerMove: () => void;
    onPointerLeave: () => void;
    onFocus: () => void;
    onBlur: (event: FocusEvent) => void;
  };
}

/**
 * Keeps what is shown while somebody points into it or has the focus in it, so that no row slips away under the hand. What
 * both hold stays until both are gone. A pointer that rests lets go by itself; the focus does not, it may be read from.
 */
export function useHeld<T>(newest: T): Held<T> {
  const [held, setHeld] = useState<{ by: readonly Holder[]; value: T; sinceMs: number } | null>(null);
  const [oldSinceMs, setOldSinceMs] = useState<number | null>(null);
  const rest = useRef<ReturnType<typeof setTimeout>>(undefined);
  const sinceMs = held?.sinceMs ?? null;

  useEffect(() => () => clearTimeout(rest.current), []);
  useEffect(() => {
    if (sinceMs === null) return undefined;
    const timer = setTimeout(() => setOldSinceMs(sinceMs), OLD_MS);
    return () => clearTimeout(timer);
  }, [sinceMs]);

  const hold = (by: Holder) =>
    setHeld((before) => {
      if (before === null) return { by: [by], value: newest, sinceMs: Date.now() };
      return before.by.includes(by) ? before : { ...before, by: [...before.by, by] };
    });
  const release = (by: Holder) =>
    setHeld((before) => {
      const others = before?.by.filter((one) => one !== by) ?? [];
      return before && others.length ? { ...before, by: others } : null;
    });
  const point = () => {
    clearTimeout(rest.current);
    rest.current = setTimeout(() => release('pointer'), RESTS_MS);
    hold('pointer');
  };
  return {
    shown: held ? held.value : newest,
    sinceMs,
    isOld: sinceMs !== null && sinceMs === oldSinceMs,
    handlers: {
      onPointerEnter: point,
      onPointerMove: point,
      onPointerLeave: () => {
        clearTimeout(rest.current);
        release('pointer');
      },
      onFocus: () => hold('focus'),
      onBlur: (event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) release('focus');
      },
    },
  };
}
