'use client';

import { useEffect, useEffectEvent } from 'react';
import { toAct, type Act } from './keys';

/**
 * Hears the single keys wherever on the page the focus is, from the start; not while somebody types, nor under a window.
 *
 * Args:
 *   among: where the focus is among how many items.
 *   onAct: a step is asked for once, however long its key is held down.
 */
export function useKeys(areOn: boolean, among: () => { at: number | null; count: number }, onAct: (act: Act) => void): void {
  const press = useEffectEvent((event: KeyboardEvent) => {
    const target = event.target instanceof HTMLElement ? event.target : document.body;
    if (event.defaultPrevented || document.querySelector('dialog[open]')) return;
    const isTyping = target.matches('input, select, textarea, [contenteditable]');
    const hasModifier = event.ctrlKey || event.metaKey || event.altKey;
    const act = toAct({ key: event.key, hasModifier, isTyping }, among());
    if (!act || (event.repeat && act.is !== 'move')) return;
    event.preventDefault();
    onAct(act);
  });
  useEffect(() => {
    if (!areOn) return undefined;
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [areOn]);
}
