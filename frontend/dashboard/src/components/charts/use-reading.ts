'use client';

import { useState, type KeyboardEvent, type PointerEvent } from 'react';

export interface Reading {
  /** Which point is read; null when none is. */
  index: number | null;
  /** For the element that stands for the chart. */
  handlers: {
    onKeyDown: (event: KeyboardEvent) => void;
    onPointerMove: (event: PointerEvent<Element>) => void;
    onPointerLeave: () => void;
    onBlur: () => void;
  };
}

/**
 * Reading one point of a chart with arrow keys (Home, End, Escape) or the pointer. The point is remembered by its key, so
 * that it stays the same while newer ones come in. `toIndex` turns pixels from the left edge into the nearest point.
 */
export function useReading(keys: readonly (string | number)[], toIndex: (xPx: number) => number): Reading {
  const [key, setKey] = useState<string | number | null>(null);
  const found = key === null ? -1 : keys.indexOf(key);
  const last = keys.length - 1;
  const read = (index: number) => setKey(keys[Math.min(Math.max(index, 0), last)] ?? null);
  const clear = () => setKey(null);

  const onKeyDown = (event: KeyboardEvent) => {
    const moves: Record<string, () => void> = {
      // from nowhere the newest is read first
      ArrowLeft: () => read(found < 0 ? last : found - 1),
      ArrowRight: () => read(found < 0 ? last : found + 1),
      Home: () => read(0),
      End: () => read(last),
      Escape: clear,
    };
    const move = event.ctrlKey || event.altKey || event.metaKey ? undefined : moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    move();
  };
  const onPointerMove = (event: PointerEvent<Element>) =>
    read(toIndex(event.clientX - event.currentTarget.getBoundingClientRect().left));

  return { index: found < 0 ? null : found, handlers: { onKeyDown, onPointerMove, onPointerLeave: clear, onBlur: clear } };
}
