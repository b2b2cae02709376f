import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { link, press, queueOf, showQueue, shown, steps } from '@/testing/reviews';

vi.mock('next/navigation', () => import('@/testing/navigation'));

describe('a queue that others work on as well', () => {
  beforeEach(() => vi.useFakeTimers({ shouldAdvanceTime: true }));
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('says who has it, when somebody was faster, and the focus stays there', async () => {
    queueOf({ held: 300, two: 200 });
    await showQueue();
    act(() => link('held').focus());
    press('c');
    expect(await screen.findByText('held: Somebody else has claimed this transaction. bob has it.')).toBeTruthy();
    expect(await screen.findByText('Taken')).toBeTruthy();
    expect(screen.getByText(/^bob has it until/)).toBeTruthy();
    expect(shown()).toEqual(['held', 'two']);
    expect(document.activeElement).toBe(link('held'));
    press('a');
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(screen.getByText(/^bob has held until/).getAttribute('role')).toBe('status');
    act(() => screen.getByRole('button', { name: 'Show keys' }).focus());
    await waitFor(() => expect(shown()).toEqual(['two']));
  });

  it('keeps one that somebody else took while the pointer is in the list, and takes no step on it', async () => {
    const asked = queueOf({ held: 300, two: 200 });
    await showQueue();
    fireEvent.pointerEnter(screen.getByRole('region', { name: 'Queue' }));
    await fetch('/reviews/held/claim', { method: 'POST', body: JSON.stringify({ by: 'bob' }) });
    await act(() => vi.advanceTimersByTimeAsync(4_000));
    expect(await screen.findByText('Taken')).toBeTruthy();
    expect(shown()).toEqual(['held', 'two']);
    const before = steps(asked).length;
    fireEvent.click(screen.getByRole('button', { name: 'Approve held' }));
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(steps(asked)).toHaveLength(before);
    fireEvent.pointerLeave(screen.getByRole('region', { name: 'Queue' }));
    await waitFor(() => expect(shown()).toEqual(['two']));
  });

  it('takes a decision back for ten seconds, by key or button, and the focus comes back to it', async () => {
    const asked = queueOf({ one: 300, two: 200 });
    await showQueue();
    for (const undo of [() => press('u'), () => fireEvent.click(screen.getByRole('button', { name: 'Undo one' }))]) {
      act(() => link('one').focus());
      press('b');
      fireEvent.keyDown(screen.getByLabelText('Note (optional)'), { key: 'Enter' });
      await waitFor(() => expect(shown()).toEqual(['two']));
      undo();
      await waitFor(() => expect(shown()).toEqual(['one', 'two']));
      await waitFor(() => expect(document.activeElement).toBe(link('one')));
      expect(steps(asked).at(-1)).toEqual(['/reviews/one/undo', { by: null }]);
    }
    press('b');
    fireEvent.keyDown(screen.getByLabelText('Note (optional)'), { key: 'Enter' });
    await screen.findByRole('button', { name: 'Undo one' });
    await act(() => vi.advanceTimersByTimeAsync(11_000));
    expect(screen.queryByRole('button', { name: 'Undo one' })).toBeNull();
  });

  it('hears its keys as soon as it is there, and says so where one has nothing to act on', async () => {
    queueOf({ one: 300, two: 200 });
    await showQueue();
    act(() => (document.activeElement as HTMLElement).blur());
    expect(document.activeElement).toBe(document.body);
    press('a');
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(screen.getByText('Choose a review first: j goes to the first one.')).toBeTruthy();
    press('j');
    expect(document.activeElement).toBe(link('one'));
  });
});
