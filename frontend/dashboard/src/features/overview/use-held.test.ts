import { act, renderHook } from '@testing-library/react';
import type { FocusEvent } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { useHeld } from './use-held';

const held = () => renderHook(({ newest }) => useHeld(newest), { initialProps: { newest: 'old rows' } });
const leaving = (relatedTarget: Element | null) => {
  const currentTarget = document.createElement('div');
  currentTarget.append(document.createElement('a'));
  return { currentTarget, relatedTarget: relatedTarget ?? currentTarget.firstElementChild } as unknown as FocusEvent;
};

afterEach(() => vi.useRealTimers());

describe('rows that somebody is in', () => {
  it('are the newest while nobody is', () => {
    const { result, rerender } = held();
    rerender({ newest: 'new rows' });
    expect(result.current).toMatchObject({ shown: 'new rows', sinceMs: null });
  });

  it('stay as they are while the pointer is in them, and then are the newest', () => {
    const { result, rerender } = held();
    act(() => result.current.handlers.onPointerEnter());
    rerender({ newest: 'new rows' });
    expect(result.current).toMatchObject({ shown: 'old rows', sinceMs: expect.any(Number) });
    act(() => result.current.handlers.onPointerLeave());
    expect(result.current).toMatchObject({ shown: 'new rows', sinceMs: null });
  });

  it('stay while the focus moves within them, whatever the pointer does', () => {
    const { result, rerender } = held();
    act(() => result.current.handlers.onFocus());
    act(() => result.current.handlers.onPointerEnter());
    act(() => result.current.handlers.onPointerLeave());
    act(() => result.current.handlers.onBlur(leaving(null)));
    rerender({ newest: 'new rows' });
    expect(result.current.shown).toBe('old rows');
    act(() => result.current.handlers.onBlur(leaving(document.body)));
    expect(result.current.shown).toBe('new rows');
  });

  it('stay under the keyboard when the pointer that came first leaves', () => {
    const { result, rerender } = held();
    act(() => result.current.handlers.onPointerEnter());
    act(() => result.current.handlers.onFocus());
    act(() => result.current.handlers.onPointerLeave());
    rerender({ newest: 'new rows' });
    expect(result.current.shown).toBe('old rows');
    act(() => result.current.handlers.onBlur(leaving(document.body)));
    expect(result.current.shown).toBe('new rows');
  });

  it('are let go by a pointer that lies still, and held again when it moves', () => {
    vi.useFakeTimers();
    const { result, rerender } = held();
    act(() => result.current.handlers.onPointerEnter());
    rerender({ newest: 'new rows' });
    act(() => void vi.advanceTimersByTime(20_000));
    act(() => result.current.handlers.onPointerMove());
    act(() => void vi.advanceTimersByTime(20_000));
    expect(result.current.shown).toBe('old rows');
    act(() => void vi.advanceTimersByTime(10_000));
    expect(result.current.shown).toBe('new rows');
    act(() => result.current.handlers.onPointerMove());
    expect(result.current.sinceMs).not.toBeNull();
  });

  it('are called old after half a minute under the keyboard, and no longer when they are let go', () => {
    vi.useFakeTimers();
    const { result } = held();
    act(() => result.current.handlers.onFocus());
    act(() => void vi.advanceTimersByTime(29_000));
    expect(result.current.isOld).toBe(false);
    act(() => void vi.advanceTimersByTime(2_000));
    expect(result.current).toMatchObject({ shown: 'old rows', isOld: true });
    act(() => result.current.handlers.onBlur(leaving(document.body)));
    act(() => result.current.handlers.onFocus());
    expect(result.current.isOld).toBe(false);
  });
});
