import { act, renderHook } from '@testing-library/react';
import type { FocusEvent } from 'react';
import { describe, expect, it } from 'vitest';
import { useHeld } from './use-held';

const held = () => renderHook(({ newest }) => useHeld(newest), { initialProps: { newest: 'old rows' } });
const leaving = (relatedTarget: Element | null) => {
  const currentTarget = document.createElement('div');
  currentTarget.append(document.createElement('a'));
  return { currentTarget, relatedTarget: relatedTarget ?? currentTarget.firstElementChild } as unknown as FocusEvent;
};

describe('rows that somebody is in', () => {
  it('are the newest while nobody is', () => {
    const { result, rerender } = held();
    rerender({ newest: 'new rows' });
    expect(result.current).toMatchObject({ shown: 'new rows', isHeld: false });
  });

  it('stay as they are while the pointer is in them, and then are the newest', () => {
    const { result, rerender } = held();
    act(() => result.current.handlers.onPointerEnter());
    rerender({ newest: 'new rows' });
    expect(result.current).toMatchObject({ shown: 'old rows', isHeld: true });
    act(() => result.current.handlers.onPointerLeave());
    expect(result.current).toMatchObject({ shown: 'new rows', isHeld: false });
  });

  it('stay while the focus moves within them, whatever the pointer does', () => {
    const { result, rerender } = held();
    act(() => result.current.handlers.onFocus());
    act(() => result.current.handlers.onPointerEnter());
    act(() => result.current.handlers.onPointerLeave());
    act(() => result.current.handlers.onBlur(leaving(null)));
    rerender({ newest: 'new rows' });
    expect(result.current.isHeld).toBe(true);
    act(() => result.current.handlers.onBlur(leaving(document.body)));
    expect(result.current.shown).toBe('new rows');
  });
});
