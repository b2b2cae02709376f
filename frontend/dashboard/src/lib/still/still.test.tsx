import { act, renderHook } from '@testing-library/react';
import type { FocusEvent } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { useHolders } from './use-holders';
import { useStill } from './use-still';

interface Row {
  id: string;
  word: string;
}
const rows = (...ids: string[]): Row[] => ids.map((id) => ({ id, word: 'old' }));
const idOf = ({ id }: Row) => id;
interface Props {
  newest: readonly Row[];
  isHeld: boolean;
  of: string | undefined;
}
const list = (newest: readonly Row[], isHeld = false) =>
  renderHook((props) => useStill(props.newest, idOf, props), { initialProps: { newest, isHeld, of: 'all' } as Props });
const ids = ({ shown }: { shown: readonly Row[] }) => shown.map(idOf);

describe('a list that somebody is in', () => {
  it('is the newest while nobody is', () => {
    const { result, rerender } = list(rows('b', 'a'));
    rerender({ newest: rows('c', 'b'), isHeld: false, of: 'all' });
    expect([ids(result.current), result.current.fresh]).toEqual([['c', 'b'], 0]);
  });

  it('keeps each row in its place, counts what waits, and says what has left', () => {
    const { result, rerender } = list(rows('b', 'a'), true);
    rerender({ newest: [{ id: 'd', word: 'new' }, { id: 'c', word: 'new' }, { id: 'b', word: 'new' }], isHeld: true, of: 'all' });
    expect(result.current.shown).toEqual([{ id: 'b', word: 'new' }, { id: 'a', word: 'old' }]);
    expect([result.current.fresh, [...result.current.gone]]).toEqual([2, ['a']]);
    rerender({ newest: rows('e'), isHeld: true, of: 'all' });
    expect(result.current.shown[0]).toEqual({ id: 'b', word: 'new' }); // as it was last known
    rerender({ newest: rows('e'), isHeld: false, of: 'all' });
    expect(ids(result.current)).toEqual(['e']);
  });

  it('is renewed when that is asked for, and is held on', () => {
    const { result, rerender } = list(rows('a'), true);
    rerender({ newest: rows('b', 'a'), isHeld: true, of: 'all' });
    act(() => result.current.renew());
    expect([ids(result.current), result.current.fresh]).toEqual([['b', 'a'], 0]);
    rerender({ newest: rows('c', 'b'), isHeld: true, of: 'all' });
    expect([ids(result.current), result.current.fresh]).toEqual([['b', 'a'], 1]);
  });

  it('gives way to another list at once, as soon as that is there', () => {
    const { result, rerender } = list(rows('a'), true);
    rerender({ newest: rows('a'), isHeld: true, of: undefined }); // on its way
    expect(ids(result.current)).toEqual(['a']);
    rerender({ newest: rows('z'), isHeld: true, of: 'others' });
    expect([ids(result.current), result.current.fresh]).toEqual([['z'], 0]);
  });

  it('lets go of one that the reader is done with', () => {
    const { result } = list(rows('b', 'a'), true);
    act(() => result.current.remove('b'));
    expect(ids(result.current)).toEqual(['a']);
  });
});

const focusing = (role = '') => {
  const currentTarget = document.createElement('div');
  const target = document.createElement('a');
  target.setAttribute('role', role);
  currentTarget.append(target);
  return { currentTarget, target } as unknown as FocusEvent;
};
const leaving = (relatedTarget: Element | null) => ({ ...focusing(), relatedTarget }) as unknown as FocusEvent;

describe('who is in a list', () => {
  afterEach(() => vi.unstubAllGlobals());
  const holders = () => renderHook(({ isAlso }) => useHolders(isAlso), { initialProps: { isAlso: false } });

  it('is the pointer, and stays it however long it rests', () => {
    vi.useFakeTimers();
    const { result } = holders();
    act(() => result.current.handlers.onPointerEnter());
    act(() => void vi.advanceTimersByTime(3_600_000));
    expect(result.current.isHeld).toBe(true);
    act(() => result.current.handlers.onPointerLeave());
    expect(result.current.isHeld).toBe(false);
    vi.useRealTimers();
  });

  it('is the focus on something in it, whatever the pointer does', () => {
    const { result } = holders();
    act(() => result.current.handlers.onFocus(focusing()));
    act(() => result.current.handlers.onPointerEnter());
    act(() => result.current.handlers.onPointerLeave());
    expect(result.current.isHeld).toBe(true);
    act(() => result.current.handlers.onBlur(leaving(document.body)));
    expect(result.current.isHeld).toBe(false);
  });

  it('is nobody where the list itself has the focus, to be scrolled', () => {
    const { result } = holders();
    act(() => result.current.handlers.onFocus(focusing('region')));
    expect(result.current.isHeld).toBe(false);
  });

  it('is still the focus that a window over the page has borrowed', () => {
    const { result } = holders();
    const dialog = document.createElement('dialog');
    dialog.append(document.createElement('button'));
    act(() => result.current.handlers.onFocus(focusing()));
    act(() => result.current.handlers.onBlur(leaving(dialog.firstElementChild)));
    expect(result.current.isHeld).toBe(true);
  });

  it('may be told by the page', () => {
    const { result, rerender } = holders();
    rerender({ isAlso: true });
    expect(result.current.isHeld).toBe(true);
  });

  it('is always somebody where fingers come down unannounced', () => {
    vi.stubGlobal('matchMedia', () => ({ matches: true, addEventListener: () => {}, removeEventListener: () => {} }));
    expect(holders().result.current.isHeld).toBe(true);
  });
});
