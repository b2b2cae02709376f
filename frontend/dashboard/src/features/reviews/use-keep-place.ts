'use client';

import { useEffect, useRef, type FocusEvent, type RefObject } from 'react';

/**
 * The place of the keyboard in a list whose items leave. Items bear their id as `data-id`; `a` in them takes the focus.
 * The focus goes to another item only when a step of the reader asked for that: `goTo`. `of` names the list: a place in one is
 * none in another.
 */
export function useKeepPlace(list: RefObject<HTMLElement | null>, ids: readonly string[], of: string) {
  const place = useRef<string | null>(null);
  const due = useRef<string | null>(null);
  const placeOf = useRef(of);

  // After every change of the page, because what had the focus may be gone: a button of an item that was claimed, or a
  // window over the page.
  useEffect(() => {
    if (placeOf.current !== of) [placeOf.current, place.current, due.current] = [of, null, null];
    if (document.querySelector('dialog[open]')) return;
    if (due.current !== null && ids.includes(due.current)) {
      focusItem(list.current, due.current);
      due.current = null;
    } else if (place.current !== null && document.activeElement === document.body) {
      focusItem(list.current, ids.includes(place.current) ? place.current : undefined);
    }
  });

  return {
    onFocus: ({ target }: FocusEvent) => {
      place.current = target.closest('[data-id]')?.getAttribute('data-id') ?? place.current;
    },
    onBlur: ({ target, relatedTarget, currentTarget }: FocusEvent) => {
      const isOverlaid = relatedTarget?.closest('dialog') !== null && relatedTarget !== null;
      if (isOverlaid || currentTarget.contains(relatedTarget)) return;
      setTimeout(() => {
        // a button that has left keeps the place of its item; one that somebody clicked away from does not
        if (target.isConnected && document.hasFocus() && !list.current?.contains(document.activeElement)) place.current = null;
      });
    },
    /** Where the focus is among the items, or null. */
    at: () => {
      const id = document.activeElement?.closest('[data-id]')?.getAttribute('data-id');
      const index = id ? ids.indexOf(id) : -1;
      return index < 0 ? null : index;
    },
    /** The focus shall be on this item as soon as it is there and no window is open; null: on the list. */
    goTo: (id: string | null) => {
      due.current = id;
      if (id === null) place.current = '';
    },
  };
}

/** Puts the focus on an item, or on the list itself where there is none. */
export function focusItem(list: HTMLElement | null, id: string | undefined): void {
  const items = [...(list?.querySelectorAll<HTMLElement>('[data-id]') ?? [])];
  const link = items.find((item) => item.dataset.id === id)?.querySelector('a');
  (link ?? list)?.focus();
}
