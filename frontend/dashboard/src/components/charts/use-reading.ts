'use client';

import { useState, type HTMLAttributes, type KeyboardEvent, type PointerEvent } from 'react';

export interface Reading {
  /** Which point is read; null when none is. */
  index: number | null;
  /** `words`: what stands at that point, where the keyboard reads it. For the element that takes keys and pointer. */
  toSlider: (words: string | null) => HTMLAttributes<HTMLElement>;
}

/** Said by the slider until a point is read. */
const NOTHING_READ = 'nothing read yet';

/**
 * Reading one point of a chart with arrow keys (Home, End, Escape) or the pointer. The point is remembered by its key, so
 * that it stays the same while newer ones come in. `toIndex` turns pixels from the left edge into the nearest point.
 *
 * The element is a slider: screen readers pass arrow keys on to one, and say its text when that changes. The pointer changes
 * only what is seen.
 */
export function useReading(keys: readonly (string | number)[], toIndex: (xPx: number) => number): Reading {
  const [read, setRead] = useState<{ key: string | number; by: 'keys' | 'pointer' } | null>(null);
  const found = read === null ? -1 : keys.indexOf(read.key);
  const last = keys.length - 1;
  const readAt = (index: number, by: 'keys' | 'pointer') => {
    const key = keys[Math.min(Math.max(index, 0), last)];
    setRead(key === undefined ? null : { key, by });
  };
  const clear = () => setRead(null);

  const onKeyDown = (event: KeyboardEvent) => {
    // from nowhere the newest is read first
    const back = () => readAt(found < 0 ? last : found - 1, 'keys');
    const on = () => readAt(found < 0 ? last : found + 1, 'keys');
    const moves: Record<string, () => void> = {
      ArrowLeft: back,
      ArrowDown: back,
      ArrowRight: on,
      ArrowUp: on,
      Home: () => readAt(0, 'keys'),
      End: () => readAt(last, 'keys'),
      Escape: clear,
    };
    const move = event.ctrlKey || event.altKey || event.metaKey ? undefined : moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    move();
  };
  const onPointerMove = (event: PointerEvent<Element>) =>
    readAt(toIndex(event.clientX - event.currentTarget.getBoundingClientRect().left), 'pointer');
  // a pointer that only passes by takes nothing from the keyboard
  const onPointerLeave = () => setRead((before) => (before?.by === 'pointer' ? null : before));

  const isByKeys = found >= 0 && read?.by === 'keys';
  return {
    index: found < 0 ? null : found,
    toSlider: (words) => ({
      role: 'slider',
      tabIndex: 0,
      'aria-valuemin': 0, // not the oldest time, which changes: a value that moves by itself is said again
      'aria-valuemax': toValue(keys[last], Math.max(last, 0)),
      'aria-valuenow': isByKeys ? toValue(read.key, found) : 0,
      'aria-valuetext': isByKeys && words !== null ? words : NOTHING_READ,
      onKeyDown,
      onPointerMove,
      onPointerLeave,
      onBlur: clear,
    }),
  };
}

/** A time stays the same value while older ones fall off the left edge. */
function toValue(key: string | number | undefined, index: number): number {
  return typeof key === 'number' ? key : index;
}
