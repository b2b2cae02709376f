import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aCircuit, aLedger } from '@/testing/answers';
import { makeChase } from './chase';
import { toSituation } from './use-chase';

const instance = (name: string, state: 'closed' | 'open') => ({ instance: name, state, failures: 0, seen_at: '2026-11-24T10:00:00Z' });

describe('what counts as a change', () => {
  it('is nothing that only depends on which gateway answers', () => {
    const [one, other] = [instance('gateway:1', 'open'), instance('gateway:2', 'closed')];
    const first = toSituation(aCircuit({ fleet_state: 'open', state: 'open', scorer_reachable: false, instances: [one, other] }), aLedger({ status: 'down' }));
    const second = toSituation(aCircuit({ fleet_state: 'open', state: 'closed', scorer_reachable: true, instances: [other, one] }), aLedger({ status: 'up' }));
    expect(second).toBe(first);
  });

  it('is a gateway more in trouble, a backlog, and, of a single one, what it reaches', () => {
    const calm = toSituation(aCircuit(), aLedger());
    expect(toSituation(aCircuit({ state: 'open' }), aLedger())).not.toBe(calm);
    expect(toSituation(aCircuit(), aLedger({ pending: 3 }))).not.toBe(calm);
    expect(toSituation(aCircuit(), aLedger({ status: 'down' }))).not.toBe(calm);
    expect(toSituation(aCircuit({ scorer_reachable: false }), aLedger())).not.toBe(calm);
  });
});

describe('a chase', () => {
  const ask = vi.fn();

  beforeEach(() => {
    vi.useFakeTimers();
    ask.mockClear();
  });

  afterEach(() => vi.useRealTimers());

  it('asks once, a second after a change', () => {
    makeChase(ask).note();
    vi.advanceTimersByTime(999);
    expect(ask).not.toHaveBeenCalled();
    vi.advanceTimersByTime(60_000);
    expect(ask).toHaveBeenCalledOnce();
  });

  it('asks at most every 7.5 s, however often something changes', () => {
    const chase = makeChase(ask);
    for (let s = 0; s < 60; s += 1) {
      chase.note();
      vi.advanceTimersByTime(1_000);
    }
    expect(ask.mock.calls.length).toBe(8);
  });

  it('asks again after a change that came just before it asked', () => {
    const chase = makeChase(ask);
    chase.note();
    vi.advanceTimersByTime(900);
    chase.note();
    vi.advanceTimersByTime(60_000);
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it('asks nothing once it is stopped', () => {
    const chase = makeChase(ask);
    chase.note();
    chase.stop();
    vi.advanceTimersByTime(60_000);
    expect(ask).not.toHaveBeenCalled();
  });
});
