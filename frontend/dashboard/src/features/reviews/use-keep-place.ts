'use client';

import { useEffect, useRef, type FocusEvent, type RefObject } from 'react';

/** The place of the keyboard in a list whose items leave. Items bear their id as `data-id`; `a` in them takes the focus. */
export function useKeepPlace(list: RefObject<HTMLElement | null>, ids: readonly string[]) {
  const place = useRef<{ id: string; index: number } | null>(null);

  // After every change of the page, because what had the focus may be gone: a button of an item that was claimed, or the
  // item itself, perhaps under an open window; then its successor is due when that closes.
  useEffect(() => {
    const last = place.current;
    if (!last) return;
    const index = ids.indexOf(last.id);
    if (index >= 0) last.index = index;
    if (document.activeElement === document.body) focusItem(list.current, ids[Math.min(last.index, ids.length - 1)]);
  });

  return {
    onFocus: ({ target }: FocusEvent) => {
      const id = target.closest('[data-id]')?.getAttribute('data-id');
      if (id) place.current = { id, index: ids.indexOf(id) };
    },
    onBlur: ({ target, relatedTarget, currentTarget }: FocusEvent) => {
      const isOverlaid = relatedTarget?.closest('dialog') !== null && relatedTarget !== null;
      if (isOverlaid || currentTarget.contains(relatedTarget)) return;
      setTimeout(() => {
        // an item that has left keeps its place for the next one; one that somebody clicked away from does not
        if (target.isConnected && document.hasFocus() && !list.current?.contains(document.activeElement)) place.current = null;
      });
    },
    /** Where the focus is among the items, or null. */
    at: () => {
      const id = document.activeElement?.closest('[data-id]')?.getAttribute('data-id');
      const index = id ? ids.indexOf(id) : -1;
      return index < 0 ? null : index;
    },
  };
}

/** Puts the focus on an item, or on the list itself where there is none. */
export function focusItem(list: HTMLElement | null, id: string | undefined): void {
  const items = [...(list?.querySelectorAll<HTMLElement>('[data-id]') ?? [])];
  const link = items.find((item) => item.dataset.id === id)?.querySelector('a');
  (link ?? list)?.focus();
}
