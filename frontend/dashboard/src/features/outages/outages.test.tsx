import { fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Outage } from '@/lib/api/outages';
import { PollingProvider } from '@/lib/polling';
import { fakeGateway, problem, type Asked } from '@/testing/gateway';
import { anOutage, FIGURES } from '@/testing/outages';
import { Outages } from './outages';

vi.mock('next/navigation', () => import('@/testing/navigation'));
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const ALERT = { webhook_id: 'msg_1', kind: 'outage.started', state: 'unsent', at: '2026-11-24T10:00:02.000Z' };
const FLIP = { new: 'block', old: 'approve', score: 0.97 };
const BLIND = {
  transaction_id: 'txn 1/2',
  created_at: '2026-11-24T10:00:05.000Z',
  amount: '1150.50',
  currency: 'USD',
  decision: 'approve',
  scored: false,
  amendments: [FLIP],
};

/** A gateway that has these on record, two a page, with one unscored transaction and one alert for each. */
function gatewayWith(outages: readonly Outage[]): Asked[] {
  return fakeGateway(({ path, query }) => {
    const [, resource, id] = path.split('/');
    if (resource === 'outages' && id !== undefined) {
      const found = outages.find(({ outage_id }) => outage_id === id);
      return found ? { body: found } : problem(404, 'OUTAGE_NOT_FOUND', 'There is no such outage');
    }
    if (resource === 'outages') {
      const from = Number(query.get('cursor') ?? 0);
      return { body: { outages: outages.slice(from, from + 2), next_cursor: from + 2 < outages.length ? String(from + 2) : null } };
    }
    if (resource === 'alerts') return { body: { alerts: query.get('key') === outages[0]?.outage_id ? [ALERT] : [], next_cursor: null } };
    if (resource === 'transactions' && query.get('flipped') === 'true') return { body: { transactions: [{ ...BLIND, transaction_id: 'flipped' }], next_cursor: null } };
    if (resource === 'transactions') return { body: { transactions: query.get('scored') === 'false' ? [BLIND] : [], next_cursor: 'more' } };
    return { body: {} };
  });
}

function show(address: string) {
  window.sessionStorage.clear();
  window.history.pushState(null, '', address);
  return render(
    <PollingProvider>
      <Outages />
    </PollingProvider>,
  );
}

/** Path and query; whether paths end in a slash is for next.config.ts to say, which tests do not read. */
function addressOf(link: HTMLElement): [path: string, query: string] {
  const { pathname, search } = new URL((link as HTMLAnchorElement).href);
  return [pathname.replace(/\/$/, ''), search];
}

describe('the outages on record', () => {
  it('are none where none is on record', async () => {
    gatewayWith([]);
    show('/outages/');

    expect(await screen.findByText('No outage is on record.')).toBeTruthy();
    expect(screen.getByRole('img', { name: 'No outage in the last 24 hours.' })).toBeTruthy();
  });

  it('lead to their reports, with what each did', async () => {
    gatewayWith([anOutage()]);
    show('/outages/');

    const row = within(await screen.findByRole('table')).getAllByRole('row')[1] as HTMLElement;
    expect(addressOf(within(row).getByRole('link'))).toEqual(['/outages', '?id=6b0646d69b718f13f2660790']);
    expect(within(row).getAllByRole('cell').map((cell) => cell.textContent)).toEqual([
      '✓Settled', '30 s', 'Scorer away', '412 ', '0', '12,345.67 USD', '412', '12 900.00 USD',
    ]);
  });

  it('name a cause that a newer gateway brings as it is', async () => {
    gatewayWith([anOutage({ cause: 'SOLAR_FLARE' as unknown as Outage['cause'] })]);
    show('/outages/');

    expect(await screen.findByRole('cell', { name: 'SOLAR_FLARE' })).toBeTruthy();
  });

  it('say which are open, and how much is still to be scored of the others', async () => {
    gatewayWith([
      anOutage({ outage_id: 'a', to: null, is_open: true, is_settled: false }),
      anOutage({ outage_id: 'b', is_settled: false, figures: { ...FIGURES, open: 112 } }),
    ]);
    show('/outages/');

    expect(await screen.findByText('Still open')).toBeTruthy();
    expect(screen.getByText('112 to be scored')).toBeTruthy();
  });

  it('show figures that were not counted as that, and not as 0', async () => {
    gatewayWith([anOutage({ figures: null, is_settled: false })]);
    show('/outages/');

    const row = within(await screen.findByRole('table')).getAllByRole('row')[1] as HTMLElement;
    expect(within(row).getAllByRole('cell').map((cell) => cell.textContent)).toEqual(['!Being settled', '30 s', 'Scorer away', 'Not counted yet']);
  });

  it('go back page by page, and the strip keeps to the newest', async () => {
    gatewayWith(['a', 'b', 'c'].map((outage_id) => anOutage({ outage_id, from: new Date().toISOString(), to: new Date().toISOString() })));
    show('/outages/');
    fireEvent.click(await screen.findByRole('button', { name: 'Older' }));

    await vi.waitFor(() => expect(within(screen.getByRole('table')).getAllByRole('link')).toHaveLength(1));
    expect(window.location.search).toBe('?cursor=2');
    expect(screen.getByRole('img', { name: /^2 outages in the last 24 hours/ })).toBeTruthy();
  });
});

describe('the report of an outage', () => {
  const address = `/outages/?id=${anOutage().outage_id}`;

  it('tells what happened, whom it was told to, and what was decided without a score', async () => {
    gatewayWith([anOutage()]);
    show(address);

    expect(await screen.findByText(/412 verdicts were given without a score; 398 approved/)).toBeTruthy();
    expect(await screen.findByText(/The outage began/)).toBeTruthy();
    expect((await screen.findAllByText('0.9700: would have been blocked')).length).toBeGreaterThan(0);
  });

  it('lists what would have been decided otherwise, and bears its own name and time on paper', async () => {
    gatewayWith([anOutage()]);
    show(address);
    const region = await screen.findByRole('region', { name: 'Table of transactions that would have been decided otherwise' });
    expect(within(region).getByRole('link', { name: 'flipped' })).toBeTruthy();
    expect(within(region).getByText('24 Nov 2026')).toBeTruthy(); // paper has no title to point at
    const all = new URL(screen.getByRole<HTMLAnchorElement>('link', { name: /^All that would differ/ }).href);
    expect(Object.fromEntries(all.searchParams)).toMatchObject({ flipped: 'true', created_from: anOutage().from });
    expect(await screen.findByText(/^Sentinel, fraud gateway operations · printed \d\d \w+ \d{4}, \d\d:\d\d:\d\d/)).toBeTruthy();
  });

  it('leads to these transactions, all of them and each', async () => {
    const asked = gatewayWith([anOutage()]);
    show(address);

    const all = new URL((await screen.findByRole<HTMLAnchorElement>('link', { name: /^All of them/ })).href);
    const wanted = { scored: 'false', created_from: '2026-11-24T10:00:01.000Z', created_to: '2026-11-24T10:00:31.000Z' };
    expect(Object.fromEntries(all.searchParams)).toEqual(wanted);
    expect(Object.fromEntries(asked.find(({ path, query }) => path === '/transactions' && query.has('scored'))?.query ?? [])).toMatchObject(wanted);
    const one = new URL(screen.getByRole<HTMLAnchorElement>('link', { name: 'txn 1/2' }).href);
    expect(one.searchParams.get('tx')).toBe('txn 1/2');
  });

  it('asks for everything up to now while it is open', async () => {
    const asked = gatewayWith([anOutage({ to: null, is_open: true, is_settled: false })]);
    show(address);

    await screen.findByRole('link', { name: 'txn 1/2' });
    expect(asked.find(({ path }) => path === '/transactions')?.query.has('created_to')).toBe(false);
  });

  it('says that figures are not known, and shows none', async () => {
    gatewayWith([anOutage({ figures: null })]);
    show(address);

    expect(await screen.findByText(/could not be counted soon enough/)).toBeTruthy();
    expect(screen.queryByRole('heading', { name: 'Figures' })).toBeNull();
  });

  it('says that an id names none, and where the others are', async () => {
    gatewayWith([]);
    show('/outages/?id=nonsense');

    expect(await screen.findByText(/No outage has the id in this address/)).toBeTruthy();
    expect(addressOf(screen.getByRole('link', { name: 'All outages' }))).toEqual(['/outages', '']);
  });

  it('does not take a ledger that is away for an unknown id', async () => {
    fakeGateway(({ path }) => (path.startsWith('/outages/') ? problem(503, 'LEDGER_UNREADABLE', 'The ledger cannot be read') : { body: {} }));
    show(address);

    expect(await screen.findByText(/The gateway answered 503: The ledger cannot be read/)).toBeTruthy();
  });

  it('keeps what it knows when the ledger goes away, and says from when that is', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    let isAway = false;
    fakeGateway(({ path }) => {
      if (path !== `/outages/${anOutage().outage_id}`) return { body: { alerts: [], transactions: [], next_cursor: null } };
      return isAway ? problem(503, 'LEDGER_UNREADABLE', 'The ledger cannot be read') : { body: anOutage({ is_settled: false }) };
    });
    show(address);
    await screen.findByText(/412 verdicts were given/);
    isAway = true;
    await vi.advanceTimersByTimeAsync(4_000);

    expect(await screen.findByText(/The gateway answered 503/)).toBeTruthy();
    expect(screen.getByText(/^What follows is from/)).toBeTruthy();
    expect(screen.getByText(/412 verdicts were given/)).toBeTruthy();
  });

  it('is printed by the browser', async () => {
    const print = vi.fn();
    vi.stubGlobal('print', print);
    gatewayWith([anOutage()]);
    show(address);
    fireEvent.click(await screen.findByRole('button', { name: 'Print' }));

    expect(print).toHaveBeenCalledOnce();
  });
});
