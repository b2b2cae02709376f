import { act, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Me } from '@/lib/api/me';
import { PollingProvider } from '@/lib/polling';
import { aCircuit, aCondition, aStatus } from '@/testing/answers';
import { A_VIEWER, aPerson } from '@/testing/me';
import { Shell } from './shell';

let path = '/';
vi.mock('next/navigation', () => ({ usePathname: () => path }));

/** A gateway with state: it answers what it is told to know, or not at all. */
class FakeGateway {
  isAway = false;
  fleetState: 'closed' | 'open' = 'closed';
  conditions: Parameters<typeof aStatus> = [];
  hasChaos = false;
  isFrozen = false;
  isRefusing = false;
  me: Me | null = aPerson();
  asked: string[] = [];

  answer = async (url: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const path = String(url);
    this.asked.push(path);
    if (this.isFrozen) return new Promise((_, fail) => init.signal?.addEventListener('abort', () => fail(new Error('aborted'))));
    if (this.isRefusing && path === '/circuit/status') return Response.json({ code: 'OVERLOADED', title: 'Overloaded' }, { status: 503 });
    if (this.isAway) throw new TypeError('Failed to fetch');
    if (path === '/me' && this.me === null) return Response.json({ code: 'KEY_MISSING', auth: 'demo' }, { status: 401 });
    if (path === '/me') return Response.json(this.me);
    if (path === '/faults') return Response.json({ is_enabled: this.hasChaos, brains: [] });
    return Response.json(aCircuit({ state: this.fleetState, health: aStatus(...this.conditions) }));
  };
}

let gateway: FakeGateway;

beforeEach(() => {
  gateway = new FakeGateway();
  path = '/';
  vi.stubGlobal('fetch', gateway.answer);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  delete document.documentElement.dataset.theme;
  localStorage.clear();
});

function show() {
  return render(
    <PollingProvider>
      <Shell>
        <h1>Page</h1>
      </Shell>
    </PollingProvider>,
  );
}

describe('who uses the page', () => {
  it('is said with roles and the way out, and Access is there for admins only', async () => {
    gateway.me = A_VIEWER;
    show();
    expect(await screen.findByRole('link', { name: 'vera' })).toBeTruthy();
    expect(screen.getByText('viewer')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Sign out' })).toBeTruthy();
    expect(screen.queryByRole('link', { name: 'Access' })).toBeNull();
  });

  it('is nobody: that is said, that it is a demo too, and nothing else is asked for or called unreachable', async () => {
    gateway.me = null;
    show();
    expect(await screen.findByText('Nobody is signed in')).toBeTruthy();
    expect(screen.getByText('Demo: anyone on this machine can post payments')).toBeTruthy();
    expect(screen.getByText('Signed out')).toBeTruthy();
    expect(screen.getByRole('status').textContent).toBe('Gateway reachable. Nobody is signed in, so it tells nothing more.');
    gateway.asked.length = 0;
    gateway.isAway = true;
    expect(await screen.findByRole('alert')).toBeTruthy();
    expect(new Set(gateway.asked)).toEqual(new Set(['/me']));
  });
});

describe('the head of every page', () => {
  it('begins with the way past itself', () => {
    const { container } = show();
    const first = container.querySelector('a, button, select');
    expect(first?.textContent).toBe('Skip to content');
    expect(container.querySelector(first?.getAttribute('href') ?? '')?.tagName).toBe('MAIN');
  });

  it('says that it connects, and then how things stand, in one polite place', async () => {
    show();
    expect(screen.getByRole('status').textContent).toBe('Connecting to the gateway.');
    await waitFor(() => expect(screen.getByRole('status').textContent).toContain('Nothing is wrong'));
    expect(screen.getByText('Live')).toBeTruthy();
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('says what is wrong with a next answer, and what is injected, and calls neither well', async () => {
    show();
    await screen.findByText('Live');
    gateway.conditions = [
      aCondition('DEGRADED_VERDICTS', 'Scores are made without history'),
      aCondition('INJECTED_FAULTS', 'Faults are injected', { message: 'Faults are injected on purpose: all of the attempts fail.' }),
    ];
    expect(await screen.findByText('Degraded', undefined, { timeout: 3_000 })).toBeTruthy();
    expect(screen.getByRole('status').textContent).toContain('Scores are made without history; faults are injected.');
    expect(screen.getByText('Faults are injected on purpose: all of the attempts fail.')).toBeTruthy();
    expect(screen.queryByText('Live')).toBeNull();
  });

  it('says loudly that nobody answers, and is live again after a try', async () => {
    gateway.isAway = true;
    show();
    const banner = await screen.findByRole('alert');
    expect(banner.textContent).toContain('No data has arrived yet.');
    expect(screen.getByText('Unreachable')).toBeTruthy();
    expect(screen.getByRole('status').textContent).toBe('');
    gateway.isAway = false;
    fireEvent.click(screen.getByRole('button', { name: 'Try now' }));
    await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
  });

  it('asks for all that was missed as soon as the gateway is back', async () => {
    show();
    await screen.findByText('Live');
    gateway.isAway = true;
    await screen.findByRole('alert', undefined, { timeout: 5_000 });
    gateway.asked.length = 0;
    gateway.isAway = false;
    fireEvent.click(screen.getByRole('button', { name: 'Try now' }));
    await waitFor(() => expect(gateway.asked).toContain('/faults'));
  });

  it('stays loud while it asks again, where nothing ever came', async () => {
    gateway.isAway = true;
    show();
    const banner = await screen.findByRole('alert');
    gateway.isAway = false;
    gateway.isFrozen = true;
    gateway.asked.length = 0;
    fireEvent.click(screen.getByRole('button', { name: 'Try now' }));
    await waitFor(() => expect(gateway.asked).toContain('/circuit/status'));
    expect(screen.getByRole('alert')).toBe(banner);
  });

  it('is not made calm by a pause', async () => {
    show();
    await screen.findByText('Live');
    gateway.isAway = true;
    await screen.findByRole('alert', undefined, { timeout: 5_000 });
    fireEvent.click(screen.getByRole('button', { name: 'Pause updates' }));
    expect(screen.getByRole('alert').textContent).toContain('Updates are paused.');
    expect(screen.getByText('Unreachable')).toBeTruthy();
    expect(screen.getByRole('status').textContent).toBe('');
  });

  it('does not go on telling the circuit when the gateway no longer does', async () => {
    show();
    await waitFor(() => expect(screen.getByRole('status').textContent).toContain('Nothing is wrong'));
    gateway.isRefusing = true;
    await waitFor(() => expect(screen.getByRole('status').textContent).toBe('The gateway answers, but does not tell how the circuit is.'));
  });

  it('gives a frozen gateway less than a second, and no second chance', async () => {
    show();
    await screen.findByText('Live');
    gateway.asked.length = 0;
    gateway.isFrozen = true;
    await screen.findByRole('alert', undefined, { timeout: 5_000 });
    expect(gateway.asked.filter((path) => path === '/circuit/status').length).toBeLessThanOrEqual(2);
  });

  it('gives a lost connection a second chance before it is loud', async () => {
    show();
    await screen.findByText('Live');
    gateway.asked.length = 0;
    gateway.isAway = true;
    await screen.findByRole('alert', undefined, { timeout: 5_000 });
    expect(gateway.asked.filter((path) => path === '/circuit/status').length).toBeGreaterThanOrEqual(2);
  });

  it('takes whoever is in the banner to the content when the banner goes', async () => {
    gateway.isAway = true;
    show();
    await screen.findByRole('alert');
    const button = screen.getByRole('button', { name: 'Try now' });
    button.focus();
    gateway.isAway = false;
    fireEvent.click(button);
    await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
    expect(document.activeElement?.id).toBe('content');
  });

  it('is not called stale after a while in another tab', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const visibility = vi.spyOn(document, 'visibilityState', 'get');
    const see = (state: DocumentVisibilityState) => {
      visibility.mockReturnValue(state);
      act(() => void document.dispatchEvent(new Event('visibilitychange', { bubbles: true })));
    };
    show();
    await screen.findByText('Live');
    see('hidden');
    await act(() => vi.advanceTimersByTimeAsync(20_000));
    expect(screen.queryByText('Stale')).toBeNull();
    gateway.isFrozen = true; // so that only the clock speaks
    see('visible');
    expect(screen.getByText('Live')).toBeTruthy();
  });

  it('marks the page where one is', () => {
    path = '/reviews';
    show();
    expect(screen.getByRole('link', { current: 'page' }).textContent).toBe('Reviews');
  });

  it('leads to Chaos only where faults may be switched', async () => {
    gateway.hasChaos = true;
    show();
    expect(screen.queryByRole('link', { name: 'Chaos' })).toBeNull();
    expect(await screen.findByRole('link', { name: 'Chaos' })).toBeTruthy();
  });

  it('asks nothing while updates are paused, and at once when they resume', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    show();
    await screen.findByText('Live');
    fireEvent.click(screen.getByRole('button', { name: 'Pause updates' }));
    expect(screen.getByText('Updates paused')).toBeTruthy();
    gateway.asked.length = 0;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(gateway.asked).toEqual([]);
    gateway.fleetState = 'open';
    fireEvent.click(screen.getByRole('button', { name: 'Resume updates' }));
    await waitFor(() => expect(screen.getByRole('status').textContent).toContain('without a score'));
    expect(gateway.asked).toContain('/circuit/status');
  });
});

describe('the theme', () => {
  it('is kept, and forgotten when the system decides again', () => {
    show();
    const choice = screen.getByRole('combobox', { name: 'Theme' });
    fireEvent.change(choice, { target: { value: 'dark' } });
    expect(document.documentElement.dataset.theme).toBe('dark');
    expect(localStorage.getItem('sentinel-theme')).toBe('dark');
    fireEvent.change(choice, { target: { value: 'system' } });
    expect(document.documentElement.dataset.theme).toBeUndefined();
    expect(localStorage.getItem('sentinel-theme')).toBeNull();
  });

  it('changes even where the browser keeps nothing', () => {
    vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new DOMException('denied', 'SecurityError');
    });
    show();
    fireEvent.change(screen.getByRole('combobox', { name: 'Theme' }), { target: { value: 'light' } });
    expect(document.documentElement.dataset.theme).toBe('light');
  });
});
