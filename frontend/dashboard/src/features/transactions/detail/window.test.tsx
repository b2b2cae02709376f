import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { TransactionRecord } from '@/lib/api/transactions';
import { aBlindRecord, aRecord, aReview, FLIP } from '@/testing/records';
import { fakeGateway, problem, type Asked } from '@/testing/gateway';
import { showAt } from '@/testing/pages';
import { TransactionWindow } from './window';

vi.mock('next/navigation', () => import('@/testing/navigation'));

const thresholds = { critical: 0.4476, high: 0.0799, medium: 0.0288 };

/** One record, whose label can be set as the gateway sets it. */
function ledgerWith(record: TransactionRecord): Asked[] {
  let label = record.label;
  return fakeGateway(({ method, path, body }) => {
    if (path === '/stats') return { body: { models: { in_service: [{ name: 'sentinel-gbdt', version: '2.0.0', thresholds }] }, budgets: { models: [] } } };
    if (path === `/transactions/${record.transaction_id}/label` && method === 'PUT') {
      const now = '2026-11-24T12:00:00.000Z';
      const said = body as { is_fraud: boolean; source: string };
      label = { transaction_id: record.transaction_id, is_fraud: said.is_fraud, source: said.source, by: 'alice', known_at: now, recorded_at: now, revision: (label?.revision ?? 0) + 1 };
      return { body: label };
    }
    if (path === `/transactions/${record.transaction_id}`) return { body: { ...record, label } };
    return undefined;
  });
}

describe('the window of a transaction', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('is closed where the address names none', () => {
    showAt('/transactions/', <TransactionWindow />);
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('shows the score among the thresholds of its model, and its reasons as a chart with a name', async () => {
    const reasons = [
      { code: 'AMOUNT', message: 'amount is high', contribution: 2.5 },
      { code: 'KNOWN', message: 'merchant is known', contribution: -0.75 },
    ];
    ledgerWith(aRecord({ risk_score: 0.2, risk_level: 'high', decision: 'review', reasons, thresholds: null }));
    showAt('/transactions/?tx=txn_1', <TransactionWindow />);
    expect(await screen.findByText('high from 0.0799 (review)')).toBeTruthy();
    expect(screen.getByText('0.2000')).toBeTruthy();
    expect(screen.getByRole('img').getAttribute('aria-label')).toBe(
      'Reasons of the score in log-odds: 1 raised the risk, 1 lowered it. First: Amount is high, +2.50. Baseline -3.14, together -1.39.',
    );
    fireEvent.click(screen.getByRole('button', { name: 'Show as table: Reasons' }));
    expect(within(screen.getByRole('table')).getByText('-0.75')).toBeTruthy();
  });

  it('says why a budget held the model back, and draws the thresholds that were in force', async () => {
    const budget = { name: 'may_block', model_decision: 'block' } as const;
    ledgerWith(aRecord({ risk_score: 0.97, risk_level: 'critical', decision: 'review', budget, thresholds: { review: 0.371234, block: 0.83 } }));
    showAt('/transactions/?tx=txn_1', <TransactionWindow />);
    expect(await screen.findByText('The model would block: its blocks are not switched on, so a person looks.')).toBeTruthy();
    expect(screen.getByText('review from 0.3712 (a person looks)')).toBeTruthy();
    expect(screen.getByText('block from 0.83 (would be blocked: review)')).toBeTruthy();
  });

  it('says why there was no score, which policy decided, and what a later score says', async () => {
    ledgerWith(aBlindRecord({ amendments: [FLIP], review: aReview({ reason: 'flip' }) }));
    showAt('/transactions/?tx=txn_1', <TransactionWindow />);
    expect((await screen.findByText('Unscored.')).parentElement?.textContent).toBe(
      'Unscored. The circuit was open. Decided by the blind policy: fail-open: approved below the caps.',
    );
    expect(screen.getByText(/^Approved unscored at .* · scored 0\.9700 at .*: would have been blocked$/)).toBeTruthy();
    expect(screen.getByText('Reasons of the later score')).toBeTruthy();
    expect(screen.getByRole('link', { name: 'Decide it in the review queue' }).getAttribute('href')).toMatch(/\/reviews\/?\?id=txn_1$/);
  });

  it('shows the newest score first, also where the verdict had one, and the earlier ones with their own reasons below', async () => {
    const later = { ...FLIP, at: '2026-11-24T10:05:00.000Z', score: 0.02, new: 'approve', reasons: [{ code: 'NEW_USER', message: 'first payment of this user', contribution: 0.4 }] } as const;
    ledgerWith(aRecord({ degraded: ['history'], amendments: [FLIP, later] as never }));
    showAt('/transactions/?tx=txn_1', <TransactionWindow />);
    const score = await screen.findByRole('region', { name: 'Score' });
    expect(score.textContent).toContain('Scored later: 0.0200');
    expect(within(screen.getByRole('region', { name: 'Reasons of the later score' })).getByText('First payment of this user')).toBeTruthy();
    const earlier = within(screen.getByRole('region', { name: 'Earlier scores' }));
    const [second, first] = earlier.getAllByRole('listitem').filter((item) => item.querySelector('details'));
    expect(second?.textContent).toMatch(/^0\.9700.*a later score: would have been blocked.*Amount is worth 990\.00 USD/);
    expect(first?.textContent).toMatch(/^0\.0071.*the verdict: approved.*Amount is worth 150\.50 USD/);
  });

  it('draws what a score is made of, from the baseline to the sum', async () => {
    ledgerWith(aRecord({ risk_score: 0.5, reasons: [{ code: 'AMOUNT', message: 'amount is worth 150.50 USD', contribution: 2.25 }] }));
    showAt('/transactions/?tx=txn_1', <TransactionWindow />);
    const reasons = within(await screen.findByRole('region', { name: 'Reasons' }));
    fireEvent.click(reasons.getByRole('button', { name: 'Show as table: Reasons' }));
    expect(within(reasons.getByRole('table')).getAllByRole('row').slice(1).map((row) => row.textContent)).toEqual([
      expect.stringMatching(/^Baseline: .*-2\.25$/), 'Amount is worth 150.50 USD+2.25', 'Together: the score, 0.50000.00',
    ]);
  });

  it('sets a label only when it is confirmed, and shows it afterwards', async () => {
    const asked = ledgerWith(aRecord());
    showAt('/transactions/?tx=txn_1', <TransactionWindow />);
    fireEvent.click(await screen.findByLabelText('Fraud'));
    fireEvent.change(screen.getByLabelText('Who says so'), { target: { value: 'chargeback' } });
    fireEvent.click(screen.getByRole('button', { name: 'Set label' }));
    expect(asked.some(({ method }) => method === 'PUT')).toBe(false);
    fireEvent.click(screen.getByRole('button', { name: 'Yes, label it fraud' }));
    expect((await screen.findAllByText(/^Labelled fraud by chargeback/)).length).toBeGreaterThan(0);
    expect(asked.find(({ method }) => method === 'PUT')?.body).toEqual({ is_fraud: true, source: 'chargeback', known_at: null });
    expect(await screen.findByText(/^Labelled fraud by chargeback \(alice\), known since/)).toBeTruthy();
  });

  it('does not take a second click, or a held Enter, for the confirmation', async () => {
    const asked = ledgerWith(aRecord());
    showAt('/transactions/?tx=txn_1', <TransactionWindow />);
    fireEvent.click(await screen.findByLabelText('Fraud'));
    const first = screen.getByRole('button', { name: 'Set label' });
    fireEvent.click(first);
    fireEvent.click(screen.getByRole('button', { name: 'Set label' }));
    expect(screen.getByRole('button', { name: 'Set label' })).toBe(first);
    const cancel = screen.getByRole('button', { name: 'Cancel' });
    expect(document.activeElement).toBe(cancel);
    expect(fireEvent.keyDown(cancel, { key: 'Enter', repeat: true })).toBe(false);
    expect(fireEvent.keyDown(cancel, { key: 'Enter' })).toBe(true);
    fireEvent.submit(screen.getByRole('form', { name: 'Label' }));
    fireEvent.click(screen.getByRole('button', { name: 'Yes, label it fraud' }), { detail: 2 }); // where the page scrolled under it
    expect(asked.some(({ method }) => method === 'PUT')).toBe(false);
  });

  it('gives the focus back to where the label was set, when it is confirmed and when it is not', async () => {
    ledgerWith(aRecord());
    showAt('/transactions/?tx=txn_1', <TransactionWindow />);
    fireEvent.click(await screen.findByLabelText('Fraud'));
    const first = screen.getByRole('button', { name: 'Set label' });
    fireEvent.click(first);
    fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(screen.queryByRole('button', { name: /^Yes/ })).toBeNull();
    expect(document.activeElement).toBe(first);
    fireEvent.click(first);
    const yes = screen.getByRole('button', { name: 'Yes, label it fraud' });
    act(() => yes.focus());
    fireEvent.click(yes);
    await waitFor(() => expect(yes.isConnected).toBe(false));
    expect(document.activeElement).toBe(first);
  });

  it('calls another label a correction, and counts it', async () => {
    const label = { transaction_id: 'txn_1', is_fraud: true, source: 'chargeback', by: null, known_at: '2026-11-24T11:00:00.000Z', recorded_at: '2026-11-24T11:00:00.000Z', revision: 1 };
    ledgerWith(aRecord({ label }));
    showAt('/transactions/?tx=txn_1', <TransactionWindow />);
    fireEvent.click(await screen.findByLabelText('Genuine'));
    fireEvent.click(screen.getByRole('button', { name: 'Correct label' }));
    fireEvent.click(screen.getByRole('button', { name: 'Yes, label it genuine' }));
    expect(await screen.findByText(/^Labelled genuine by analyst \(alice\), revision 2, known since/)).toBeTruthy();
  });

  it('says why a label was refused, and keeps what was chosen', async () => {
    fakeGateway(({ method, path }) => {
      if (method === 'PUT') return problem(503, 'LABEL_UNCONFIRMED', 'The ledger did not confirm the label', 'Send it again.');
      return path === '/transactions/txn_1' ? { body: aRecord() } : undefined;
    });
    showAt('/transactions/?tx=txn_1', <TransactionWindow />);
    fireEvent.click(await screen.findByLabelText('Fraud'));
    fireEvent.click(screen.getByRole('button', { name: 'Set label' }));
    fireEvent.click(screen.getByRole('button', { name: 'Yes, label it fraud' }));
    expect(await screen.findByText('The ledger did not confirm the label. Send it again.')).toBeTruthy();
    expect(screen.getByLabelText<HTMLInputElement>('Fraud').checked).toBe(true);
  });

  it('says that an id is unknown', async () => {
    fakeGateway(() => undefined);
    showAt('/transactions/?tx=nobody', <TransactionWindow />);
    expect(await screen.findByText('No verdict stands for this id.')).toBeTruthy();
  });

  it('asks seldom for what is unknown or settled, and often while something is under way', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    try {
      const asksOf = async (record: TransactionRecord | null) => {
        const asked = record ? ledgerWith(record) : fakeGateway(() => undefined);
        const view = showAt('/transactions/?tx=txn_1', <TransactionWindow />);
        await act(() => vi.advanceTimersByTimeAsync(21_000));
        view.unmount();
        return asked.filter(({ path }) => path === '/transactions/txn_1').length;
      };
      expect(await asksOf(null)).toBe(1);
      expect(await asksOf(aRecord())).toBe(3);
      expect(await asksOf(aRecord({ ledger_status: 'pending' }))).toBe(5);
      expect(await asksOf(aBlindRecord())).toBe(5);
      expect(await asksOf(aRecord({ review: aReview() }))).toBe(5);
    } finally {
      vi.useRealTimers();
    }
  });

  it('leaves the address when it closes, and the filters stay', async () => {
    ledgerWith(aRecord());
    showAt('/transactions/?decision=approve&tx=txn_1', <TransactionWindow />);
    await screen.findByText('0.0071');
    fireEvent.click(screen.getByRole('button', { name: 'Close' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(window.location.search).toBe('?decision=approve');
  });

  it('shows another transaction when the address goes on to it', async () => {
    fakeGateway(({ path }) => ({ body: aRecord({ transaction_id: path.split('/').at(-1) ?? '', request: {} }) }));
    showAt('/transactions/?tx=txn_1', <TransactionWindow />);
    await screen.findByRole('dialog', { name: 'Transaction txn_1' });
    act(() => window.history.pushState(null, '', '/transactions/?tx=txn_2'));
    expect(await screen.findByRole('dialog', { name: 'Transaction txn_2' })).toBeTruthy();
  });
});
