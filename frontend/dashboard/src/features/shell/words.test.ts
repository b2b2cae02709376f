import { describe, expect, it } from 'vitest';
import { freshness, situation, unreachable } from './words';

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

describe('a pause', () => {
  it('tells how the circuit was, and when, not how it is', () => {
    expect(situation('live', circuit('closed'), '10:19:59')).toEqual({ tone: 'unknown', text: 'Updates paused. At 10:19:59 the circuit was closed.' });
    expect(situation('live', circuit('open', 'closed'), '10:19:59')?.text).toBe('Updates paused. At 10:19:59 the circuit was open on 1 of 2 gateways.');
    expect(situation('live', undefined, '10:19:59')?.text).toBe('Updates paused. How the circuit is, is not known.');
  });

  it('does not hide that the gateway is away', () => {
    expect(situation('unreachable', circuit('closed'), '10:19:59')).toBeNull();
    expect(freshness({ state: 'unreachable', isPaused: true }).word).toBe('Unreachable');
    expect(freshness({ state: 'live', isPaused: true }).word).toBe('Updates paused');
    expect(unreachable('10:19:59', true)).toBe('Cannot reach the gateway. The figures below are from 10:19:59. Updates are paused.');
  });
});

describe('the banner', () => {
  it('says from when the figures are, and that nothing came yet', () => {
    expect(unreachable('10:19:59', false)).toBe('Cannot reach the gateway. The figures below are from 10:19:59. Retrying.');
    expect(unreachable(null, false)).toBe('Cannot reach the gateway. No data has arrived yet. Retrying.');
  });
});
