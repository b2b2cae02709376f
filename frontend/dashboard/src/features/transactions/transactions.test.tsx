import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TransactionRecord } from '@/lib/api/transactions';
import { aBlindRecord, aRecord, FLIP } from '@/testing/records';
import { fakeGateway, problem, type Asked } from '@/testing/gateway';
import { showAt } from '@/testing/pages';
import { Transactions } from './transactions';

vi.mock('next/navigation', () => import('@/testing/navigation'));

/** A record of so many transactions, newest first, two a page. */
function ledgerOf(records: readonly TransactionRecord[]): Asked[] {
  return fakeGateway(({ path, query }) => {
    if (path !== '/transactions') return undefined;
    const wanted = records.filter((one) => !query.has('decision') || one.decision === query.get('decision'));
    const from = Number(query.get('cursor') ?? 0);
    const next = from + 2 < wanted.length ? String(from + 2) : null;
    return { body: { transactions: wanted.slice(from, from + 2), next_cursor: next } };
  });
}

const five = ['5', '4', '3', '2', '1'].map((n) => aRecord({ transaction_id: `txn_${n}`, decision: n === '3' ? 'block' : 'approve' }));
const searches = (asked: Asked[]) => asked.filter(({ path }) => path === '/transactions').map(({ query }) => query.toString());
const announced = () => document.querySelector('p[role="status"]')?.textContent;
const ids = () => screen.queryAllByRole('link').map((link) => link.textContent);

describe('the page of transactions', () => {
  beforeEach(() => vi.useFakeTimers({ shouldAdvanceTime: true }));
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('says how to get the first transaction, where there is none', async () => {
    ledgerOf([]);
    showAt('/transactions/', <Transactions />);
    expect(await screen.findByText('No transactions yet. Send one to the gateway and it appears here.')).toBeTruthy();
  });

  it('says that nothing matches, and clears the filters', async () => {
    ledgerOf(five);
    showAt('/transactions/?decision=review', <Transactions />);
    expect(await screen.findByText(/No transaction matches\./)).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Clear filters' }));
    await screen.findByText('txn_5');
    expect(window.location.search).toBe('');
  });

  it('asks for what the address says, and shows it in the fields', async () => {
    const asked = ledgerOf(five);
    showAt('/transactions/?decision=block&user_id=u1', <Transactions />);
    await screen.findByText('txn_3');
    expect(searches(asked)[0]).toBe('decision=block&user_id=u1&limit=50');
    expect(screen.getByLabelText<HTMLSelectElement>('Verdict').value).toBe('block');
    expect(screen.getByLabelText<HTMLInputElement>('User').value).toBe('u1');
  });

  it('finds what a later score would decide otherwise, by a field as by a link', async () => {
    const asked = ledgerOf(five);
    showAt('/transactions/?flipped=true', <Transactions />);
    await screen.findByText('txn_5');
    expect(searches(asked)[0]).toBe('flipped=true&limit=50');
    const field = screen.getByLabelText<HTMLSelectElement>('Later score');
    expect(field.selectedOptions[0]?.text).toBe('Would differ');
    fireEvent.change(field, { target: { value: '' } });
    await waitFor(() => expect(window.location.search).toBe(''));
  });

  it('searches after a pause in typing, and typing is one step for Back', async () => {
    const asked = ledgerOf(five);
    showAt('/transactions/', <Transactions />);
    await screen.findByText('txn_5');
    const steps = window.history.length;
    const field = screen.getByLabelText<HTMLInputElement>('User');
    for (const text of ['u', 'us', 'use']) fireEvent.change(field, { target: { value: text } });
    expect(searches(asked).filter((one) => one.includes('user_id'))).toEqual([]);
    await act(() => vi.advanceTimersByTimeAsync(450));
    expect(window.location.search).toBe('?user_id=use');
    fireEvent.change(field, { target: { value: 'user_1' } });
    await act(() => vi.advanceTimersByTimeAsync(450));
    expect(window.location.search).toBe('?user_id=user_1');
    expect(window.history.length).toBe(steps + 1);
    expect(searches(asked).filter((one) => one.includes('user_id'))).toEqual(['user_id=use&limit=50', 'user_id=user_1&limit=50']);
    act(() => window.history.back());
    await waitFor(() => expect(field.value).toBe(''));
  });

  it('says at the field what is wrong, and goes on with what was right', async () => {
    const asked = ledgerOf(five);
    showAt('/transactions/?amount_min=10', <Transactions />);
    await screen.findByText('txn_5');
    const field = screen.getByLabelText<HTMLInputElement>('Amount from');
    fireEvent.change(field, { target: { value: '10,5' } });
    fireEvent.submit(field);
    expect(field.getAttribute('aria-invalid')).toBe('true');
    expect(document.getElementById(field.getAttribute('aria-describedby') ?? '')?.textContent).toBe('Write a number, such as 150 or 150.50.');
    expect(field.value).toBe('10,5');
    expect(window.location.search).toBe('?amount_min=10');
    expect(new Set(searches(asked))).toEqual(new Set(['amount_min=10&limit=50']));
  });

  it('asks nothing where the address itself is wrong: it might find everybody', async () => {
    const asked = ledgerOf(five);
    showAt('/transactions/?decision=blok', <Transactions />);
    await screen.findByText('Nothing was searched: see the marked field.');
    expect(screen.getByLabelText('Verdict').getAttribute('aria-invalid')).toBe('true');
    act(() => window.history.pushState(null, '', '/transactions/?decison=block'));
    await screen.findByText(/“decison” in the address is no filter/);
    expect(searches(asked)).toEqual([]);
  });

  it('puts what the gateway refuses at its field, and does not ask again by itself', async () => {
    const asked = fakeGateway(({ path }) =>
      path === '/transactions' ? problem(422, 'INVALID_REQUEST', 'No', '', [{ pointer: '?user_id', detail: 'is too odd' }]) : undefined,
    );
    showAt('/transactions/?user_id=odd', <Transactions />);
    expect(await screen.findByText('The gateway says: is too odd')).toBeTruthy();
    await act(() => vi.advanceTimersByTimeAsync(10_000));
    expect(searches(asked)).toHaveLength(1);
  });

  it('goes to older pages and back, and renews only the newest', async () => {
    const asked = ledgerOf(five);
    showAt('/transactions/', <Transactions />);
    await screen.findByText('txn_5');
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Newer' }).disabled).toBe(true);
    fireEvent.click(screen.getByRole('button', { name: 'Older' }));
    await screen.findByText('txn_3');
    expect(window.location.search).toBe('?cursor=2');
    expect(document.activeElement).toBe(screen.getByRole('region', { name: 'List of transactions' }));
    const before = searches(asked).length;
    await act(() => vi.advanceTimersByTimeAsync(10_000));
    expect(searches(asked)).toHaveLength(before);
    fireEvent.click(screen.getByRole('button', { name: 'Older' }));
    await screen.findByText('txn_1');
    expect(announced()).toBe('Page 3: 1 transaction');
    fireEvent.click(screen.getByRole('button', { name: 'Newer' }));
    await screen.findByText('txn_3');
    fireEvent.click(screen.getByRole('button', { name: 'Newer' }));
    await screen.findByText('txn_5');
    expect(window.location.search).toBe('');
    const again = searches(asked).length;
    await act(() => vi.advanceTimersByTimeAsync(3_500));
    expect(searches(asked).length).toBeGreaterThan(again);
  });

  it('keeps its rows while the keyboard or the pointer is among them, counts the new ones, and shows them when asked', async () => {
    const records = [...five.slice(3)];
    ledgerOf(records);
    showAt('/transactions/', <Transactions />);
    const link = await screen.findByRole('link', { name: 'txn_2' });
    const result = screen.getByRole('region', { name: 'Result' });
    for (const [come, go] of [
      [() => link.focus(), () => screen.getByLabelText('User').focus()],
      [() => fireEvent.pointerEnter(result), () => fireEvent.pointerLeave(result)],
    ] as const) {
      act(() => void come());
      const had = ids();
      records.unshift(aRecord({ transaction_id: `new_${records.length}` }));
      await act(() => vi.advanceTimersByTimeAsync(2_000));
      fireEvent.click(screen.getByText('1 new'));
      expect(ids()).not.toEqual(had);
      act(() => void come());
      const now = ids();
      records.unshift(aRecord({ transaction_id: `new_${records.length}` }));
      await act(() => vi.advanceTimersByTimeAsync(2_000));
      expect(screen.getByText('1 new')).toBeTruthy();
      expect(ids()).toEqual(now);
      act(() => void go());
      expect(ids()[0]).toBe(records[0]?.transaction_id);
    }
  });

  it('tells what becomes of the rows that it holds', async () => {
    const records = [aRecord({ transaction_id: 'txn_1', ledger_status: 'pending' })];
    ledgerOf(records);
    showAt('/transactions/', <Transactions />);
    const link = await screen.findByRole('link', { name: 'txn_1' });
    act(() => link.focus());
    records[0] = aRecord({ transaction_id: 'txn_1' });
    await act(() => vi.advanceTimersByTimeAsync(2_000));
    expect(screen.getByText('Committed')).toBeTruthy();
  });

  it('reads out how many a search found, once, and not each new transaction', async () => {
    const records = five.slice(4);
    ledgerOf(records);
    showAt('/transactions/', <Transactions />);
    await screen.findByText('txn_1');
    expect(announced()).toBe('1 transaction');
    records.unshift(aRecord({ transaction_id: 'txn_2', decision: 'block' }));
    await screen.findByText('2 transactions');
    expect(announced()).toBe('1 transaction');
    fireEvent.change(screen.getByLabelText('Verdict'), { target: { value: 'block' } });
    await act(() => vi.advanceTimersByTimeAsync(450));
    await waitFor(() => expect(ids()).toEqual(['txn_2']));
    expect(announced()).toBe('1 transaction');
    fireEvent.change(screen.getByLabelText('Verdict'), { target: { value: '' } });
    await act(() => vi.advanceTimersByTimeAsync(450));
    await waitFor(() => expect(announced()).toBe('2 transactions'));
  });

  it('opens a transaction by its link and by its row, and the address says so', async () => {
    ledgerOf(five);
    showAt('/transactions/?decision=approve', <Transactions />);
    fireEvent.click(await screen.findByRole('link', { name: 'txn_5' }));
    expect(window.location.search).toBe('?decision=approve&tx=txn_5');
    fireEvent.click(screen.getAllByText('user_1')[1] as HTMLElement);
    expect(window.location.search).toBe('?decision=approve&tx=txn_4');
    expect(document.activeElement?.textContent).toBe('txn_4');
  });

  it('tells a verdict without a score by word, reason and what a later score made of it', async () => {
    ledgerOf([aBlindRecord({ transaction_id: 'blind', amendments: [FLIP] }), aRecord({ transaction_id: 'seen' })]);
    showAt('/transactions/', <Transactions />);
    const [, blind, seen] = await screen.findAllByRole('row');
    expect(within(blind as HTMLElement).getByText('Unscored · approved')).toBeTruthy();
    expect(within(blind as HTMLElement).getByText('not scored')).toBeTruthy();
    expect(within(blind as HTMLElement).getByText('The circuit was open')).toBeTruthy();
    expect(within(blind as HTMLElement).getByText(/Later: blocked \(0\.9700\)/)).toBeTruthy();
    expect(within(seen as HTMLElement).getByText('Approved')).toBeTruthy();
    expect(ids()).toEqual(['blind', 'seen']);
  });

  it('keeps the last page, and says so, when a later question fails', async () => {
    let isAway = false;
    fakeGateway(({ path }) => {
      if (path !== '/transactions') return undefined;
      return isAway ? problem(503, 'LEDGER_UNREADABLE', 'The ledger is away') : { body: { transactions: five, next_cursor: null } };
    });
    showAt('/transactions/', <Transactions />);
    await screen.findByText('txn_5');
    isAway = true;
    await act(() => vi.advanceTimersByTimeAsync(3_500));
    expect(await screen.findByText('Not available. The gateway answered 503: The ledger is away.')).toBeTruthy();
    expect(screen.getByText('txn_5')).toBeTruthy();
  });
});
