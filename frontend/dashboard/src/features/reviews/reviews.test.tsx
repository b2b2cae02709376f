import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { A_VIEWER } from '@/testing/me';
import { showAt } from '@/testing/pages';
import { link, press, queueOf, showQueue, shown, steps } from '@/testing/reviews';
import { Reviews } from './reviews';

vi.mock('next/navigation', () => import('@/testing/navigation'));

describe('the review queue', () => {
  beforeEach(() => vi.useFakeTimers({ shouldAdvanceTime: true }));
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('says when nothing waits', async () => {
    queueOf({});
    showAt('/reviews/', <Reviews />);
    expect(await screen.findByText('Nothing waits for a person.')).toBeTruthy();
  });

  it('shows what is at stake in the currency in which the gateway compares', async () => {
    queueOf({ txn_1: 123_456 });
    await showQueue();
    expect(await screen.findByText('1,234.56 USD')).toBeTruthy();
  });

  it('is walked with j and k, and decided with a note, and the focus goes on to the next one', async () => {
    const asked = queueOf({ one: 300, two: 200, three: 100 });
    await showQueue();
    act(() => link('one').focus());
    press('j');
    expect(document.activeElement).toBe(link('two'));
    press('b');
    const note = screen.getByLabelText('Note (optional)');
    expect(document.activeElement).toBe(note);
    fireEvent.change(note, { target: { value: 'stolen,\nsays the bank' } });
    fireEvent.keyDown(note, { key: 'Enter' });
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(steps(asked)).toEqual([['/reviews/two/decision', { by: null, decision: 'block', note: 'stolen, says the bank', undo_s: 15 }]]);
    expect(shown()).toEqual(['one', 'three']);
    expect(document.activeElement).toBe(link('three'));
    expect(screen.getByText('Blocked two.').getAttribute('role')).toBe('status');
    press('a');
    fireEvent.keyDown(screen.getByLabelText('Note (optional)'), { key: 'Enter', ctrlKey: true });
    await waitFor(() => expect(document.activeElement).toBe(link('one')));
    expect(steps(asked).at(-1)).toEqual(['/reviews/three/decision', { by: null, decision: 'approve', note: null, undo_s: 15 }]);
  });

  it('is left undecided by Escape, and the focus comes back', async () => {
    const asked = queueOf({ one: 300, two: 200 });
    await showQueue();
    act(() => link('two').focus());
    press('b');
    fireEvent(screen.getByRole('dialog'), new Event('cancel', { cancelable: true }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(document.activeElement).toBe(link('two'));
    expect(steps(asked)).toEqual([]);
  });

  it('keeps what I claimed in its place, and gives it back', async () => {
    const asked = queueOf({ one: 300, two: 200, three: 100 });
    await showQueue();
    act(() => link('two').focus());
    press('c');
    expect(await screen.findByText(/^Yours until/)).toBeTruthy();
    await act(() => vi.advanceTimersByTimeAsync(3_500));
    expect(shown()).toEqual(['one', 'two', 'three']);
    expect(document.activeElement).toBe(link('two'));
    press('r');
    await waitFor(() => expect(screen.queryByText(/^Yours until/)).toBeNull());
    expect(shown()).toEqual(['one', 'two', 'three']);
    expect(steps(asked).map(([path]) => path)).toEqual(['/reviews/two/claim', '/reviews/two/release']);
  });

  it('keeps the focus on a review whose button has gone with the step', async () => {
    queueOf({ one: 300, two: 200 });
    await showQueue();
    const claim = screen.getByRole('button', { name: 'Claim two' });
    act(() => claim.focus());
    fireEvent.click(claim);
    expect(await screen.findByText(/^Yours until/)).toBeTruthy();
    expect(claim.isConnected).toBe(false);
    expect(document.activeElement).toBe(link('two'));
  });

  it('says in the window why a decision was refused', async () => {
    queueOf({ held: 300, two: 200 });
    await showQueue();
    act(() => link('held').focus());
    press('a');
    fireEvent.click(screen.getByRole('button', { name: 'Approve' }));
    expect((await screen.findByRole('alert')).textContent).toBe('Somebody else has claimed this transaction. bob has it.');
    fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    await waitFor(() => expect(document.activeElement).toBe(link('held')));
  });

  it('closes the window as soon as the gateway has said yes, and takes the next step, however long the list takes', async () => {
    const asked = queueOf({ one: 300, two: 200 });
    await showQueue();
    const answer = globalThis.fetch;
    vi.stubGlobal('fetch', (url: string, init?: RequestInit) => (url.startsWith('/reviews?') ? new Promise(() => {}) : answer(url, init)));
    fireEvent.click(screen.getByRole('button', { name: 'Approve one' }));
    fireEvent.click(screen.getByRole('button', { name: 'Approve' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(shown()).toEqual(['two']);
    fireEvent.click(screen.getByRole('button', { name: 'Claim two' }));
    await waitFor(() => expect(steps(asked).map(([path]) => path)).toEqual(['/reviews/one/decision', '/reviews/two/claim']));
  });

  it('does not offer to cancel what is on its way', async () => {
    queueOf({ one: 300 });
    await showQueue();
    vi.stubGlobal('fetch', () => new Promise(() => {}));
    fireEvent.click(screen.getByRole('button', { name: 'Approve one' }));
    fireEvent.click(screen.getByRole('button', { name: 'Approve' }));
    expect(await screen.findByText('Already sent')).toBeTruthy();
    fireEvent(screen.getByRole('dialog'), new Event('cancel', { cancelable: true }));
    for (const name of ['Cancel', 'Close']) {
      expect(screen.getByRole('button', { name }).getAttribute('aria-disabled')).toBe('true');
      fireEvent.click(screen.getByRole('button', { name }));
    }
    expect(screen.getByRole('dialog')).toBeTruthy();
  });

  it('says who decides, and takes no step of somebody who may only look', async () => {
    const asked = queueOf({ one: 300 }, A_VIEWER);
    await showQueue();
    expect(screen.getByText(/^Deciding reviews needs the role analyst or admin; you are signed in as viewer/)).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Approve one' }).getAttribute('aria-disabled')).toBe('true');
    act(() => link('one').focus());
    press('c');
    expect(screen.getAllByText(/^Deciding reviews needs/)).toHaveLength(2);
    expect(steps(asked)).toEqual([]);
  });

  it('hears no keys where they are switched off, or where somebody types', async () => {
    queueOf({ one: 300, two: 200 });
    await showQueue();
    act(() => link('two').focus());
    press('b');
    const note = screen.getByLabelText('Note (optional)');
    press('j');
    expect(document.activeElement).toBe(note);
    fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    fireEvent.click(screen.getByRole('button', { name: 'Single keys: on' }));
    act(() => link('one').focus());
    press('j');
    press('?');
    expect(document.activeElement).toBe(link('one'));
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('shows its keys', async () => {
    queueOf({ one: 300 });
    await showQueue();
    act(() => link('one').focus());
    press('?');
    expect(screen.getByRole('dialog', { name: 'Keys of the review queue' }).textContent).toContain('approve');
  });

  it('keeps the part in the address, and offers no steps on what is decided', async () => {
    queueOf({ one: 300 });
    await showQueue();
    fireEvent.click(screen.getByRole('button', { name: 'Approve one' }));
    fireEvent.click(screen.getByRole('button', { name: 'Approve' }), { detail: 2 }); // the end of a double click
    expect(screen.queryByText('Already sent')).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: 'Approve' }));
    await screen.findByText('Nothing waits for a person.');
    fireEvent.click(screen.getByRole('link', { name: 'Decided' }));
    expect(window.location.search).toBe('?state=decided');
    expect(await screen.findByText(/^Approved by alice/)).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Approve one' })).toBeNull();
  });

  it('shows one alone where a link names it, and the way to all', async () => {
    queueOf({ one: 300, two: 200 });
    await showQueue('/reviews/?id=two');
    expect(shown()).toEqual(['two']);
    fireEvent.click(screen.getByRole('button', { name: 'Show the whole queue' }));
    await waitFor(() => expect(shown()).toEqual(['one', 'two']));
  });

  it('says that nobody ever asked for one that is unknown', async () => {
    queueOf({});
    showAt('/reviews/?id=nobody', <Reviews />);
    expect(await screen.findByText(/nobody never waited for anybody\./)).toBeTruthy();
  });

  it('asks seldom for one that is unknown, because it may come to wait later', async () => {
    const asked = queueOf({});
    showAt('/reviews/?id=nobody', <Reviews />);
    await act(() => vi.advanceTimersByTimeAsync(20_000));
    const asks = () => asked.filter(({ path }) => path === '/reviews/nobody').length;
    expect(asks()).toBe(1);
    await act(() => vi.advanceTimersByTimeAsync(20_000));
    expect(asks()).toBe(2);
  });
});
