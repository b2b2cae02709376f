import { fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Faults, FaultSettings } from '@/lib/api/faults';
import { PollingProvider } from '@/lib/polling';
import '@/testing/dialog';
import { fakeGateway, problem, type Asked } from '@/testing/gateway';
import { ChaosPage } from './chaos-page';
import { OFF } from './settings';

beforeEach(() => vi.stubGlobal('ResizeObserver', undefined));
afterEach(() => vi.unstubAllGlobals());

/** Two brains, of which one injects what it is told. The other says what `other` is, and is silent by default. */
function gatewayWith({
  isEnabled = true,
  now = OFF,
  other = null,
  refusal,
}: {
  isEnabled?: boolean;
  now?: FaultSettings;
  other?: FaultSettings | null;
  refusal?: ReturnType<typeof problem>;
}): Asked[] {
  let settings = now;
  return fakeGateway(({ method, path, body }) => {
    if (path !== '/faults') return { body: {} };
    if (method === 'PUT') {
      if (refusal) return refusal;
      settings = body as FaultSettings;
    }
    const faults: Faults = {
      is_enabled: isEnabled,
      brains: [
        { address: '10.0.0.1:50051', is_allowed: true, faults: settings },
        { address: '10.0.0.2:50051', is_allowed: false, faults: other },
      ],
    };
    return { body: faults };
  });
}

function show() {
  return render(
    <PollingProvider>
      <ChaosPage />
    </PollingProvider>,
  );
}

const puts = (asked: readonly Asked[]) => asked.filter(({ method }) => method === 'PUT').map(({ body }) => body);
const region = (name: string) => within(screen.getByRole('region', { name }));

describe('the chaos page', () => {
  it('only says how to switch faults on where they are not allowed', async () => {
    gatewayWith({ isEnabled: false });
    show();

    expect(await screen.findByText(/GATEWAY_FAULT_CONTROL=true.*BRAIN_FAULT_CONTROL=true; never in production/)).toBeTruthy();
    expect(screen.queryAllByRole('button')).toEqual([]);
  });

  it('shows what the environment injects even there', async () => {
    gatewayWith({ isEnabled: false, now: { ...OFF, latency_rate: 0.1 } });
    show();

    expect(await screen.findByText('1 in 10 takes 2 s')).toBeTruthy();
    expect(region('On now').getByText(/by somebody else, or by the environment/)).toBeTruthy();
  });

  it('asks before it switches anything on, and then sends all settings', async () => {
    const asked = gatewayWith({});
    show();
    fireEvent.click(await screen.findByRole('button', { name: 'Every answer fails' }));

    fireEvent.click(screen.getByRole('button', { name: 'Switch it on' }), { detail: 2 }); // the end of a double click
    expect(puts(asked)).toEqual([]);
    fireEvent.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Switch it on' }));

    await waitFor(() => expect(puts(asked)).toEqual([{ ...OFF, error_rate: 1 }]));
    expect(await screen.findByText('1 of 2 brains took it; 1 did not answer.')).toBeTruthy();
    expect(region('On now').getByText(/Switched on from this page/)).toBeTruthy();
  });

  it('switches nothing on when somebody thinks better of it', async () => {
    const asked = gatewayWith({});
    show();
    fireEvent.click(await screen.findByRole('button', { name: 'Not a number' }));
    fireEvent.click(screen.getByRole('button', { name: 'Leave it' }));

    expect(screen.queryByRole('dialog')).toBeNull();
    expect(puts(asked)).toEqual([]);
  });

  it('stops everything at once, without asking', async () => {
    const asked = gatewayWith({ now: { ...OFF, error_rate: 1 } });
    show();
    fireEvent.click(await screen.findByRole('button', { name: 'Stop all faults' }));

    await waitFor(() => expect(puts(asked)).toEqual([OFF]));
    expect(await screen.findByText('No fault is on in those that answered.')).toBeTruthy();
  });

  it('calls nothing quiet while a brain is silent', async () => {
    gatewayWith({});
    show();

    expect(await screen.findByText(/1 of 2 brains did not answer within a second: what it injects is not known\./)).toBeTruthy();
    expect(region('On now').getByText('Not known').closest('[data-tone]')?.getAttribute('data-tone')).toBe('unknown');
    expect(screen.queryByText('Quiet')).toBeNull();
  });

  it('calls it quiet when every brain says so', async () => {
    gatewayWith({ other: OFF });
    show();

    expect(await screen.findByText('No fault is on.')).toBeTruthy();
    expect(region('On now').getByText('Quiet').closest('[data-tone]')?.getAttribute('data-tone')).toBe('good');
  });

  it('says how many brains inject what, where they differ', async () => {
    gatewayWith({ now: { ...OFF, drop_rate: 0.5 }, other: OFF });
    show();

    expect(await screen.findByText('1 of 2 brains injects faults: 50 % of the attempts get no answer. Each brain is listed below.')).toBeTruthy();
  });

  it('marks the preset that is on', async () => {
    gatewayWith({ now: { ...OFF, constant_score: 0.02 } });
    show();

    expect((await screen.findByRole('button', { name: 'Everything scores 0.02' })).getAttribute('aria-pressed')).toBe('true');
    expect(screen.getByRole('button', { name: 'Not a number' }).getAttribute('aria-pressed')).toBe('false');
  });

  it('says why a change was refused', async () => {
    gatewayWith({ refusal: problem(403, 'FAULTS_DISABLED', 'Faults may not be switched', 'No brain takes changes.') });
    show();
    fireEvent.click(await screen.findByRole('button', { name: 'Stop all faults' }));

    expect((await screen.findByText(/Faults may not be switched/)).textContent).toContain('No brain takes changes.');
  });

  it('says of each brain what it injects, and which one is silent', async () => {
    gatewayWith({ now: { ...OFF, drop_rate: 0.5 } });
    show();

    const rows = within(await screen.findByRole('region', { name: 'Table of brains' })).getAllByRole('row').slice(1);
    expect(rows.map((row) => row.textContent)).toEqual([
      '10.0.0.1:50051yes50 % of the attempts get no answer',
      '10.0.0.2:50051not known?Silent',
    ]);
  });

  it('shows how to stop a brain, and offers no button for it', async () => {
    gatewayWith({});
    show();
    await screen.findByText(/^No fault is on/);

    expect(screen.getByText('./setup.sh stop brain')).toBeTruthy();
    expect(screen.queryByRole('button', { name: /stop (a |the )?brain|kill/i })).toBeNull();
  });
});

describe('the form for a mixture', () => {
  const field = (name: string) => screen.findByLabelText<HTMLInputElement>(name);
  const submit = () => fireEvent.click(screen.getByRole('button', { name: 'Switch on this mixture' }));

  it('goes to the first field that is wrong, and sends nothing', async () => {
    const asked = gatewayWith({});
    show();
    fireEvent.change(await field('Never answered, %'), { target: { value: '120' } });
    fireEvent.change(await field('Every score is'), { target: { value: '7' } });
    submit();

    const wrong = await field('Never answered, %');
    expect(document.activeElement).toBe(wrong);
    expect(wrong.getAttribute('aria-invalid')).toBe('true');
    expect(document.getElementById(wrong.getAttribute('aria-describedby') ?? '')?.textContent).toBe('A share from 0 to 100 %.');
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(puts(asked)).toEqual([]);
  });

  it('says that nothing is on in it', async () => {
    gatewayWith({});
    show();
    await field('Slow, %');
    submit();

    expect(screen.getByText('Nothing is on in this mixture. Set a share or a score.')).toBeTruthy();
  });

  it('is sent as shares of 1 once it is confirmed', async () => {
    const asked = gatewayWith({});
    show();
    fireEvent.change(await field('Slow, %'), { target: { value: '25' } });
    fireEvent.change(await field('How slow, s'), { target: { value: '0.5' } });
    submit();
    fireEvent.click(screen.getByRole('button', { name: 'Switch it on' }));

    await waitFor(() => expect(puts(asked)).toEqual([{ ...OFF, latency_rate: 0.25, latency_s: 0.5 }]));
  });

  it('can be filled with what is on', async () => {
    gatewayWith({ now: { ...OFF, wrong_id_rate: 0.3 } });
    show();
    fireEvent.click(await screen.findByRole('button', { name: 'Fill in what is on' }));

    expect((await field('Wrong id, %')).value).toBe('30');
  });
});
