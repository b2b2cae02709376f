'use client';

import { useCallback, useState } from 'react';

const WITHOUT_LAYOUT_PX = 640; // where nothing is laid out, as in unit tests

/** The width in pixels of the element that gets the ref, as it changes; 0 until it was measured. */
export function useWidth(): [ref: (element: HTMLElement | null) => (() => void) | undefined, widthPx: number] {
  const [widthPx, setWidthPx] = useState(0);
  const ref = useCallback((element: HTMLElement | null) => {
    if (element === null) return undefined;
    if (typeof ResizeObserver === 'undefined') {
      setWidthPx(WITHOUT_LAYOUT_PX);
      return undefined;
    }
    const observer = new ResizeObserver(([entry]) => setWidthPx(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, widthPx];
}
