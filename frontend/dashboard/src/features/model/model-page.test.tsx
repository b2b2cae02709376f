import { render, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Models, ModelInService, ModelRoles, ShadowPair } from '@/lib/api/models';
import { PollingProvider } from '@/lib/polling';
import { aModelBudget, someBudgets, someOutcomes, someRoles } from '@/testing/answers';
import { fakeGateway, problem } from '@/testing/gateway';
import { ModelPage } from './model-page';

beforeEach(() => vi.stubGlobal('ResizeObserver', undefined));
afterEach(() => vi.unstubAllGlobals());

const AT = '2026-11-24T10:00:00.000Z';
const MAIN: ModelInService = {
  role: 'main',
  name: 'gbdt',
  version: '2.0.0',
  sha256: 'abc',
  trained_on: 'simulated payments',
  thresholds: { critical: 0.4, medium: 0.02, high: 0.1 },
  metrics: { auc: 0.8873 },
  brains: ['10.0.0.1:50051'],
  drift: [
    { name: 'risk_score', psi: 0.31, reading: 'shifted', rows: 700, edges: [0.02, 0.1, 0.4], expected_shares: [0.9, 0.05, 0.04, 0.01, 0], counts: [350, 350, 0, 0, 0] },
    { name: 'amount', psi: null, reading: null, rows: 324, edges: [10], expected_shares: [0.5, 0.5, 0], counts: [162, 162, 0] },
  ],
};
const SHADOW: ModelInService = { ...MAIN, role: 'shadow', version: '2.1.0', drift: [] };
const PAIR: ShadowPair = {
  model: { name: 'gbdt', version: '2.0.0' },
  shadow: { name: 'gbdt', version: '2.1.0' },
  n: 100,
  decisions: { approve: { approve: 90, block: 2 }, block: { block: 8 } } as unknown as ShadowPair['decisions'],
  disagreeing_share: 0.02,
  mean_difference: 0.0123,
  correlation: null,
  score_edges: [0.5],
  scores: [90, 10],
  shadow_scores: [88, 12],
  examples: [{ transaction_id: 'txn_1', decision: 'approve', shadow_decision: 'block', risk_score: 0.01, shadow_risk_score: 0.9 }],
};

function show(models: Partial<Models>, roles: Partial<ModelRoles> = {}) {
  const { budgets, ...all }: Models = { in_service: [MAIN], comparison: { at: AT, pairs: [] }, labelled: { at: AT, pairs: [], outcomes: [] }, budgets: someBudgets(), ...models };
  fakeGateway(({ path }) => ({ body: path === '/stats' ? { models: all, budgets } : path === '/models' ? someRoles(roles) : {} }));
  return render(
    <PollingProvider>
      <ModelPage />
    </PollingProvider>,
  );
}

const cells = (row: HTMLElement | undefined) => within(row as HTMLElement).getAllByRole('cell').map((cell) => cell.textContent);

describe('the model page', () => {
  it('says in words what is not there', async () => {
    show({ in_service: [] });

    expect(await screen.findByText(/No brain has said which model it runs/)).toBeTruthy();
    expect(screen.getByText(/No second model runs along/)).toBeTruthy();
    expect(screen.getByText(/Nothing has a label yet/)).toBeTruthy();
  });

  it('does not take a ledger that is away for no shadow and no labels', async () => {
    show({ comparison: null, labelled: null });

    expect(await screen.findAllByText('Not known while the ledger does not answer.')).toHaveLength(4);
  });

  it('says that a second model runs along before there is anything to compare', async () => {
    show({ in_service: [MAIN, SHADOW] });

    expect(await screen.findByText(/A second model runs along/)).toBeTruthy();
  });

  it('says what the gateway said when it said no', async () => {
    fakeGateway(({ path }) => (path === '/stats' ? problem(503, 'X', 'Not now') : { body: someRoles() }));
    render(
      <PollingProvider>
        <ModelPage />
      </PollingProvider>,
    );

    expect(await screen.findByText(/The gateway answered 503: Not now/)).toBeTruthy();
  });

  it('names levels from the lowest on', async () => {
    show({});

    expect(await screen.findByText('medium 0.02, high 0.1, critical 0.4')).toBeTruthy();
  });

  it('shows which thresholds are in force, and why what a model would block goes to people', async () => {
    const followed = { name: 'gbdt', follows: true, payments: 10_003, review: { in_force: 0.3742, own: 0.0799 } };
    show({ budgets: someBudgets({ models: [aModelBudget(followed), aModelBudget({ version: '0.9.0', name: 'gbdt' })] }) });

    expect(await screen.findByText('0.3742 in force; 0.0799 by the model itself')).toBeTruthy();
    expect(screen.getByText('0.4476, the model’s own')).toBeTruthy();
    expect(screen.queryByText('gbdt 0.9.0')).toBeNull(); // it answers no more
    expect(screen.getByText(/^No: what it would block goes to a person/)).toBeTruthy();
    expect(screen.getByText(/^Decline cap: models blocked none; they may block 5/)).toBeTruthy();
  });

  it('reads the drift of each quantity, without a colour where the model was taught elsewhere', async () => {
    show({});

    const rows = within(await screen.findByRole('region', { name: /^Table of the drift/, hidden: true })).getAllByRole('row', { hidden: true });
    expect(cells(rows[1])).toEqual(['Different', '0.310', '700']);
    expect(cells(rows[2])).toEqual(['324 of 500 payments that it needs', 'none', '324']);
  });

  it('is loud about the scores of a model of one’s own', async () => {
    show({ budgets: someBudgets({ models: [aModelBudget({ name: 'gbdt', own_labels: true })] }) });

    const rows = within(await screen.findByRole('region', { name: /^Table of the drift/, hidden: true })).getAllByRole('row', { hidden: true });
    expect(cells(rows[1])[0]).toBe('✕Different');
  });

  it('estimates false declines with what they rest on, and holds scores against labels', async () => {
    const known = { blocked: { known: 0, genuine: 0 }, reviewed: { known: 40, genuine: 10 }, approved: { known: 0, genuine: 0 } };
    const share = { share: 0.25, low: 0.142, high: 0.402 };
    const group = { score_from: 0.1, score_to: 0.2, n: 100, frauds: 15, mean_score: 0.5, fraud_share: { share: 0.15, low: 0.09, high: 0.23 } };
    const outcomes = someOutcomes({ would_block: { ...known, genuine_share: share, false_declines: { share: 0.0025, low: 0.0014, high: 0.004 } }, calibration: [group] });
    show({ labelled: { at: AT, pairs: [], outcomes: [outcomes] } });

    expect(await screen.findByText(/^None now. If it might block, about 0.25 % of the genuine payments/)).toBeTruthy();
    expect(screen.getByText(/10 were genuine: 10 of 40 that people looked at instead/)).toBeTruthy();
    const rows = within(screen.getByRole('region', { name: /^Table of the calibration/ })).getAllByRole('row');
    expect(cells(rows[1])).toEqual(['100', '50.0 %', '15.0 % (9.00 % to 23.0 %)', '!Less fraud']);
  });

  it('draws the scores beside what was expected, and says so to those who do not see it', async () => {
    show({});

    const name = (await screen.findByRole('img', { name: /^Risk score of 700 payments/ })).getAttribute('aria-label');
    expect(name).toContain('Most, 50.0 %, are under 0.02; 90.0 % were expected there.');
  });

  it('keeps two models of one artifact apart, and gives no drift to the one that does not decide', async () => {
    const complained = vi.spyOn(console, 'error').mockImplementation(() => {});
    show({ in_service: [MAIN, SHADOW] });

    expect(await screen.findByRole('heading', { name: /gbdt 2.1.0/ })).toBeTruthy();
    expect(screen.getAllByRole('heading', { name: /^Drift of/ })).toHaveLength(1);
    expect(complained).not.toHaveBeenCalled();
  });

  it('tells how the last candidate did, and who changed which model', async () => {
    const backtest = { first_day: '2026-08-06', last_day: '2026-09-30', payments: 40_000, frauds: 400, models: { candidate: { genuine_declined: 0.0009, ap: 0.81 }, present: { ap: 0.4 } } };
    const candidate = { ...PAIR.shadow, created_at: AT, by: 'Ann', may_block: true, own_labels: true, ripe_frauds: 1_600, backtest };
    const change = { at: AT, action: 'promote' as const, by: 'Ann', why: 'first own model', live: 'a1', shadow: null, facts: {} };
    const kept = { id: 'a1', ...PAIR.shadow, trained_on: 'own payments', by: 'Ann', created_at: AT, role: 'live' as const };
    const refused = [{ brain: '10.0.0.2:50051', role: 'live', artifact: 'a1', reason: 'its canaries fail' }];
    show({}, { live: 'a1', models: [kept], changes: [change], refused, candidate });

    const tested = within(await screen.findByRole('region', { name: 'Table of the test on past payments' })).getAllByRole('row');
    expect(tested.map((row) => Array.from(row.children, (cell) => cell.textContent))).toEqual([
      ['Model', 'Genuine payments declined', 'Average precision'],
      ['This model', '0.09 %', '0.810'],
      ['The one before', 'none', '0.400'],
    ]);
    expect(screen.getByText('gbdt 2.1.0 was promoted and decides.')).toBeTruthy();
    expect(screen.getByText('10.0.0.2:50051 refuses gbdt 2.1.0 and serves the one before: its canaries fail')).toBeTruthy();
    const changes = within(screen.getByRole('region', { name: 'Table of changes of models' })).getAllByRole('row');
    expect(cells(changes[1]).slice(1)).toEqual(['Promoted', 'Ann', 'first own model']);
  });

  it('compares decisions pair by pair, with 0 where nothing was', async () => {
    show({ comparison: { at: AT, pairs: [PAIR] } });

    const table = await screen.findByRole('table', { name: /what the shadow would have decided/ });
    const rows = within(table).getAllByRole('row').slice(1);
    expect(rows.map((row) => cells(row))).toEqual([['90', '0', '2'], ['0', '0', '0'], ['0', '0', '8']]);
    expect(screen.getByText('Of 100 payments that both scored, 2 (2.0 %) would have been decided otherwise.')).toBeTruthy();
    expect(screen.getByText(/^none: one of them gives always the same/)).toBeTruthy();
    expect(screen.getByRole<HTMLAnchorElement>('link', { name: 'txn_1' }).href).toMatch(/\/transactions\/?\?tx=txn_1$/);
  });

  it('gives precision and recall with what they are of, and warns while it is little', async () => {
    const judged = { flagged: 10, caught: 6, precision: 0.6, recall: 0.5 };
    show({ labelled: { at: AT, pairs: [{ model: PAIR.model, shadow: null, n: 160, frauds: 12, judged, shadow_judged: null }], outcomes: [] } });

    const rows = within(await screen.findByRole('region', { name: 'Table of precision and recall' })).getAllByRole('row');
    expect(cells(rows[1])).toEqual(['160', '12', '60.0 % (6 of 10)', '50.0 % (6 of 12)']);
    expect(screen.getByText('Few labels yet: with 10 flagged payments a share may be off by 31 points.')).toBeTruthy();
  });
});
