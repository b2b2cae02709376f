import { describe, expect, it } from 'vitest';
import { timeOfDay } from '@/lib/format';
import { situation, unreachable } from './words';

type State = 'closed' | 'open' | 'half-open';

const circuit = (...states: State[]) => ({
  fleet_state: (['open', 'half-open'] as const).find((state) => states.includes(state)) ?? ('closed' as const),
  instances: states.map((state, i) => ({ instance: `gateway:${i}`, state, failures: 0, seen_at: '2026-11-24T10:00:00Z' })),
});

describe('the sentence that is read out', () => {
  it('says whether requests are scored', () => {
    expect(situation('live', circuit('closed'))).toEqual({ tone: 'good', text: 'Gateway reachable. Circuit closed: every request is scored.' });
    expect(situation('live', circuit('open'))?.text).toContain('without a score');
    expect(situation('live', circuit('half-open'))?.text).toContain('one trial request decides');
  });

  it('says on how many gateways the circuit is open, where not on all', () => {
    expect(situation('live', circuit('closed', 'open', 'open'))?.text).toBe(
      'Gateway reachable. Circuit open on 2 of 3 gateways: their requests are answered fail-open, without a score.',
    );
  });

  it('does not change while nothing does, so that it is not read out again', () => {
    expect(situation('live', circuit('open'))?.text).toBe(situation('live', { ...circuit('open') })?.text);
  });

  it('gives way to the banner, and calls nothing by its state that is not known or over', () => {
    expect(situation('unreachable', circuit('closed'))).toBeNull();
    expect(situation('connecting', undefined)?.text).toBe('Connecting to the gateway.');
    expect(situation('live', undefined)?.tone).toBe('unknown');
    expect(situation('stale', circuit('closed'))?.text).not.toContain('scored');
  });
});

describe('the banner', () => {
  it('says from when the figures are, and that nothing came yet', () => {
    const atMs = Date.parse('2026-11-24T10:19:59Z');
    expect(unreachable(atMs)).toBe(
      `Cannot reach the gateway. The figures below are from ${timeOfDay(atMs)}. Retrying every second.`,
    );
    expect(unreachable(0)).toBe('Cannot reach the gateway. No data has arrived yet. Retrying every second.');
  });
});
