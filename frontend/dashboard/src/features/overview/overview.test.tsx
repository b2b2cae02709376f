import { fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PollingProvider } from '@/lib/polling';
import { aCircuit, aCondition, aHealth, aLedger, anAlert, aStatus, aTraffic } from '@/testing/answers';
import { aRecord } from '@/testing/records';
import { Overview } from './overview';

/** A gateway with state: what it knows can change while the page is open, and each answer can fail alone. */
class FakeGateway {
  isAway = false;
  refused = new Set<string>();
  knows: Record<string, unknown> = {
    '/circuit/status': aCircuit(),
    '/stats': { models: {}, traffic: aTraffic() },
    '/ledger/status': aLedger(),
    '/health': aHealth(),
    '/alerts': { alerts: [], next_cursor: null },
    '/transactions': { transactions: [aRecord()], next_cursor: null },
  };

  answer = async (url: string | URL | Request): Promise<Response> => {
    if (this.isAway) throw new TypeError('Failed to fetch');
    const path = String(url).split('?')[0] ?? '';
    if (this.refused.has(path)) return Response.json({ code: 'LEDGER_UNAVAILABLE', title: 'Ledger unavailable' }, { status: 503 });
    return Response.json(this.knows[path]);
  };
}

let gateway: FakeGateway;

beforeEach(() => {
  gateway = new FakeGateway();
  vi.stubGlobal('fetch', gateway.answer);
});

afterEach(() => vi.unstubAllGlobals());

function show() {
  render(
    <PollingProvider>
      <Overview />
    </PollingProvider>,
  );
}

const part = (name: string) => within(screen.getByRole('region', { name }));

describe('the overview', () => {
  it('says in words and figures how things are', async () => {
    show();
    expect(await part('Circuit to scorer').findByText('Requests are sent to a brain.')).toBeTruthy();
    expect(await part('Verdicts').findByText('40.2/s')).toBeTruthy();
    expect(await part('Latency').findByText('9.1 ms')).toBeTruthy();
    expect(await part('Ledger').findByText('24,957')).toBeTruthy();
    expect(await part('Alerts').findByText(/Nothing has happened/)).toBeTruthy();
  });

  it('names its charts and says in their names what they show now', async () => {
    show();
    expect(await screen.findByRole('img', { name: /^Verdicts per second .* of the last 10 s approve 38.0\/s, .* unscored 0.0\/s, scored without history 0.0\/s\.$/ })).toBeTruthy();
    expect(screen.getByRole('img', { name: /^Latency of the gateway .* of the last 10 s p50 4.2 ms/ })).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Show as table: Gateway latency' }));
    expect(within(screen.getByRole('table', { name: 'Gateway latency' })).getAllByRole('row')).toHaveLength(121);
  });

  it('says of which time each percentile is: cards, legends and services do not show the same', async () => {
    show();
    expect(await part('Latency').findByText('over the last 10 s')).toBeTruthy();
    expect((await part('Gateway latency').findAllByRole('listitem')).map((item) => item.textContent)).toEqual(['Newest 2 s', 'p504.2 ms', 'p959.1 ms', 'p9930 ms']);
    expect(part('Verdicts per second').getByText('Newest 2 s')).toBeTruthy();
    expect(await part('Services').findByText('answers in 4.2 ms (p50 of the last 10 s)')).toBeTruthy();
  });

  it('tells of an open circuit: how near, why, until when, and where it stands in the charts', async () => {
    gateway.knows['/circuit/status'] = aCircuit({
      state: 'open',
      failures: 3,
      retry_after_ms: 24_900,
      last_failure: { reason_code: 'SCORER_TIMEOUT', detail: '', at: '2026-11-24T09:59:55Z' },
      changes: [{ from: 'closed', to: 'open', failures: 3, at: '2026-11-24T09:59:55Z' }],
    });
    show();
    const circuit = part('Circuit to scorer');
    expect((await circuit.findByRole('timer')).textContent).toBe('Next attempt in 25 s.');
    expect(circuit.getByRole('timer').getAttribute('aria-live')).toBe('off');
    expect(circuit.getByText('3 of 3')).toBeTruthy();
    expect(circuit.getByText(/^the scorer did not answer in time, /)).toBeTruthy();
    expect(await screen.findByRole('img', { name: /Verdicts per second.* The circuit opened at / })).toBeTruthy();
    expect(screen.getByRole('img', { name: /^Circuit of gateway:1 in the last 10 minutes: closed from .*, open from / })).toBeTruthy();
  });

  it('says the same in other circumstances of one outage: while a trial runs, and while none can', async () => {
    const trial = aCircuit({ state: 'half-open', failures: 3, health: aStatus(aCondition('CIRCUIT_OPEN', 'The circuit is not closed')) });
    gateway.knows['/circuit/status'] = trial;
    show();
    const circuit = part('Circuit to scorer');
    expect((await circuit.findByRole('timer')).textContent).toBe('One trial request decides now whether scoring resumes.');
    expect(circuit.getByText(/Requests are answered fail-open, without a score\./)).toBeTruthy();
    const [brain] = trial.brains.map((one) => ({ ...one, is_distrusted: true }));
    const distrusted = aStatus(aCondition('BRAIN_DISTRUSTED', 'No brain is healthy'));
    gateway.knows['/circuit/status'] = aCircuit({ state: 'open', failures: 3, scorer_reachable: false, brains: brain ? [brain] : [], health: distrusted });
    await circuit.findByText('No brain that answers passes its canaries: the next attempt waits for one.');
    expect(circuit.getByText(/Requests are answered fail-open, without a score\./)).toBeTruthy();
    expect(document.body.textContent).not.toMatch(/No brain is (reachable|connected)|no connection/);
    expect(part('Services').getByText('not asked: it cannot tell a risky payment from a clean one')).toBeTruthy();
  });

  it('never shows a verdict without a score as a clean one', async () => {
    const unscored = aRecord({ scored: false, risk_score: null, reasons: [], decision_source: 'fallback', fallback: { reason_code: 'CIRCUIT_OPEN', policy: 'fail_open' } });
    gateway.knows['/transactions'] = { transactions: [unscored], next_cursor: null };
    show();
    const row = (await screen.findByText('The circuit was open')).closest('tr');
    expect(row?.textContent).toContain('not scored');
    expect(row?.textContent).toContain('Unscored');
    expect(row?.querySelector('[data-tone]')?.getAttribute('data-tone')).toBe('blind');
  });

  it('leads from a row to the whole transaction', async () => {
    gateway.knows['/transactions'] = { transactions: [aRecord({ transaction_id: 'a/b' })], next_cursor: null };
    show();
    expect((await screen.findByRole('link', { name: 'a/b' })).getAttribute('href')).toMatch(/^\/transactions\/?\?tx=a%2Fb$/);
  });

  it('says that there is nothing yet, with rates of zero and no latency', async () => {
    gateway.knows['/transactions'] = { transactions: [], next_cursor: null };
    const per_s = { approve: 0, review: 0, block: 0, blind: 0, failed: 0, degraded: 0 };
    gateway.knows['/stats'] = { models: {}, traffic: aTraffic({ last_10s: { per_s, latency_ms: null } }) };
    show();
    expect(await screen.findByText('No transactions yet. Send one to the gateway and it appears here.')).toBeTruthy();
    expect((await part('Verdicts').findAllByText('0.0/s')).length).toBe(7);
    expect(part('Latency').getAllByText('none').length).toBe(3);
  });

  it('lets one part fail alone', async () => {
    gateway.refused.add('/transactions');
    show();
    expect(await part('Recent transactions').findByText(/Not available. The gateway answered 503: Ledger unavailable/)).toBeTruthy();
    expect(await part('Ledger').findByText('24,957')).toBeTruthy();
  });

  it('calls nothing by its state any more once the gateway is away', async () => {
    show();
    await part('Circuit to scorer').findByText('Requests are sent to a brain.');
    await part('Services').findByText('Ledger');
    await waitFor(() => expect(part('Ledger').getByText('Up')).toBeTruthy());
    gateway.isAway = true;
    expect(await screen.findByText('Was closed', undefined, { timeout: 5_000 })).toBeTruthy();
    const tones = [...document.querySelectorAll('[data-tone]')].map((chip) => [chip.textContent, chip.getAttribute('data-tone')]);
    expect(tones.filter(([, tone]) => tone !== 'unknown')).toEqual([['✕Down', 'bad']]);
    expect(part('Circuit to scorer').getByText('Requests were sent to a brain.')).toBeTruthy();
    expect(screen.queryByRole('timer')).toBeNull();
  });

  it('asks for alerts soon when the circuit changes', async () => {
    show();
    await part('Ledger').findByText('24,957');
    await part('Alerts').findByText(/Nothing has happened/);
    gateway.knows['/alerts'] = { alerts: [anAlert('outage.started', { outage_id: 'abc', cause: 'SCORER_UNAVAILABLE' })], next_cursor: null };
    gateway.knows['/circuit/status'] = aCircuit({ state: 'open', failures: 3 });
    expect(await screen.findByText('Scores stopped: the scorer was away.')).toBeTruthy();
  });

  it('calls a service up only while the answer about it still comes', async () => {
    show();
    await waitFor(() => expect(part('Services').getAllByText('Up').length).toBe(3));
    gateway.refused.add('/ledger/status');
    await waitFor(() => expect(part('Services').getAllByText('Up').length).toBe(2));
    expect(part('Services').getByText('no answer about it')).toBeTruthy();
  });

  it('says whose circuit is open where there are several gateways, and whose figures are not known', async () => {
    const seen_at = '2026-11-24T10:00:00Z';
    gateway.knows['/circuit/status'] = aCircuit({
      state: 'open',
      failures: 3,
      retry_after_ms: 24_900,
      instances: [{ instance: 'gateway:2', state: 'open', failures: 3, seen_at }, { instance: 'gateway:1', state: 'closed', failures: 0, seen_at }],
    });
    gateway.knows['/stats'] = { models: {}, traffic: aTraffic({ is_whole: false }) };
    show();
    expect(await part('Circuit to scorer').findByText(/gateway:2: .*Open on 1 of 2 gateways: their requests are answered fail-open/)).toBeTruthy();
    expect(part('Circuit to scorer').getByText('3 of 3, gateway:2')).toBeTruthy();
    expect(await part('Verdicts').findByText('1; others not known')).toBeTruthy();
    expect(screen.getByRole('img', { name: /^Verdicts per second of 1 gateway; others not known; over the last four minutes; of the last 10 s / })).toBeTruthy();
    expect(part('Gateway latency').getByText('of 1 gateway; others not known')).toBeTruthy();
  });

  it('names no opening that its charts do not show, and lists no change that its strip does not', async () => {
    const long = '2026-11-24T09:40:00Z';
    gateway.knows['/circuit/status'] = aCircuit({
      changes: [{ from: 'half-open', to: 'closed', failures: 0, at: long }, { from: 'closed', to: 'open', failures: 3, at: long }],
    });
    show();
    const name = (await screen.findByRole('img', { name: /^Verdicts per second/ })).getAttribute('aria-label');
    await part('Circuit, last 10 minutes').findByText('It has not changed in this time.');
    expect(name).not.toContain('The circuit opened');
  });

  it('shows a small share of unscored verdicts as small, not as none', async () => {
    const per_s = { approve: 997, review: 0, block: 0, blind: 3, failed: 0, degraded: 0 };
    gateway.knows['/stats'] = { models: {}, traffic: aTraffic({ last_10s: { per_s, latency_ms: null } }) };
    show();
    expect(await part('Verdicts').findByText('under 1 % unscored')).toBeTruthy();
  });

  it('shows what was scored without history beside its decisions, and as a line of its own', async () => {
    const per_s = { approve: 30, review: 10, block: 0, blind: 0, failed: 0, degraded: 39.6 };
    gateway.knows['/stats'] = { models: {}, traffic: aTraffic({ last_10s: { per_s, latency_ms: null } }) };
    show();
    expect(await part('Verdicts').findByText('99 % no history')).toBeTruthy();
    const name = (await screen.findByRole('img', { name: /^Verdicts per second/ })).getAttribute('aria-label');
    expect(name).toContain('scored without history 39.6/s');
  });

  it('calls nothing green through which scores come without history', async () => {
    gateway.knows['/circuit/status'] = aCircuit({ health: aStatus(aCondition('DEGRADED_VERDICTS', 'Scores are made without history')) });
    show();
    expect(await part('Circuit to scorer').findByText('Scores are made without history.')).toBeTruthy();
    expect(part('Circuit to scorer').getByText('Closed').closest('[data-tone]')?.getAttribute('data-tone')).toBe('warn');
    expect(document.body.textContent).not.toMatch(/every request/i);
    expect(part('Services').getAllByText('Degraded').length).toBe(2);
  });

  it('tells alerts in words, with the way to more', async () => {
    gateway.knows['/alerts'] = { alerts: [anAlert('outage.started', { outage_id: 'abc', cause: 'SCORER_UNAVAILABLE' })], next_cursor: null };
    show();
    expect(await screen.findByText('Scores stopped: the scorer was away.')).toBeTruthy();
    expect(part('Alerts').getByRole('link', { name: /^Details: Outage/ }).getAttribute('href')).toMatch(/^\/outages\/?\?id=abc$/);
  });
});
