import { describe, expect, it } from 'vitest';
import type { CircuitStatus } from '@/lib/api/circuit';
import { aCircuit, aCondition, aStatus } from '@/testing/answers';
import { brainsInWords, circuitTone, failuresInWords, gatewaysInWords, lastFailure, meaning, nextAttempt, nextToTry } from './circuit-words';
import type { History } from './histories';

const instance = (state: CircuitStatus['state']) => ({ instance: 'gateway:1', state, failures: 0, seen_at: '2026-11-24T10:00:00Z' });
const brain = { address: 'brain:50051', reach: 'live', is_suspect: false, is_distrusted: false, waiting: 0, answered: 0 } as const;

describe('the circuit in words', () => {
  it('counts the gateways by state', () => {
    expect(gatewaysInWords([instance('open')])).toBe('1 gateway, open');
    expect(gatewaysInWords([instance('closed'), instance('open'), instance('closed')])).toBe('3 gateways: 2 closed, 1 open');
  });

  it('counts only brains that are asked and answer', () => {
    expect(brainsInWords([])).toBe('none known');
    expect(brainsInWords([brain])).toBe('1 of 1 answers');
    expect(brainsInWords([{ ...brain, is_distrusted: true }, { ...brain, reach: 'unreachable' }])).toBe('0 of 2 answer');
  });

  it('counts down to the next attempt, and says what it waits for then', () => {
    expect(nextAttempt(24_001, 'ready')).toBe('Next attempt in 25 s.');
    expect(nextAttempt(1, 'away')).toBe('Next attempt in 1 s.');
    expect(nextAttempt(0, 'ready')).toBe('One trial request decides now whether scoring resumes.');
    expect(nextAttempt(0, 'away')).toBe('No brain is reachable: the next attempt waits for one.');
    expect(nextAttempt(0, 'distrusted')).toBe('No brain that answers passes its canaries: the next attempt waits for one.');
  });
});

describe('the circuits of several gateways', () => {
  const instances = [
    { ...instance('closed'), instance: 'gateway:1', failures: 0 },
    { ...instance('open'), instance: 'gateway:2', failures: 3 },
  ];
  const circuit = aCircuit({ state: 'closed', fleet_state: 'open', failures: 0, instances });
  const history = (name: string, changes: Partial<History> = {}): History => ({
    instance: name, state: 'open', changes: [], nowMs: 0, lastFailure: null, brain: 'ready', heardMs: 60_000, triesAtMs: 70_000, ...changes,
  });

  it('are told as those of all only where they are', () => {
    expect(meaning(circuit, false)).toBe('Open on 1 of 2 gateways: their requests are answered fail-open, without a score.');
    expect(meaning(aCircuit(), false)).toBe('Requests are sent to a brain.');
  });

  it('are not called well where no whole score comes through a closed one', () => {
    const away = aCircuit({ health: aStatus(aCondition('BRAIN_UNREACHABLE', 'No brain is connected')) });
    expect([meaning(away, false), circuitTone(away)]).toEqual(['No brain is connected.', 'warn']);
    const drilled = aCircuit({ health: aStatus(aCondition('INJECTED_FAULTS', 'Faults are injected')) });
    expect([meaning(drilled, false), circuitTone(drilled)]).toEqual(['Requests are sent to a brain.', 'good']);
    expect(circuitTone(circuit)).toBe('bad');
  });

  it('are as near to opening as the nearest, whichever gateway answers', () => {
    expect(failuresInWords(circuit)).toBe('3 of 3, gateway:2');
    expect(failuresInWords({ ...circuit, instances: [...instances].reverse(), failures: 3 })).toBe('3 of 3, gateway:2');
    expect(failuresInWords(aCircuit({ failures: 1 }))).toBe('1 of 3');
    expect(failuresInWords(aCircuit({ failures: 4 }))).toBe('4, 3 open it'); // trials that failed count on
  });

  it('count down to whichever open one tries next, of those that told lately', () => {
    const told = [history('gateway:1', { state: 'closed', triesAtMs: 0 }), history('gateway:2')];
    expect(nextToTry(told, instances)?.instance).toBe('gateway:2');
    expect(nextToTry([history('gateway:2', { heardMs: 40_000 }), history('gateway:1')], instances)).toBeNull();
    expect(nextToTry([], instances)).toBeNull();
  });

  it('name the gateway whose failure was the last', () => {
    const failed = (at: string) => ({ reason_code: 'SCORER_TIMEOUT' as const, detail: '', at });
    const [early, late] = [failed('2026-11-24T10:00:00Z'), failed('2026-11-24T10:00:05Z')];
    const nowMs = Date.parse(late.at);
    const words = lastFailure([history('gateway:1', { lastFailure: late }), history('gateway:2', { lastFailure: early })], nowMs);
    expect(words).toMatch(/^the scorer did not answer in time, .*, gateway:1$/);
    expect(lastFailure([history('gateway:1', { lastFailure: late })], nowMs)).not.toContain('gateway:1');
    expect(lastFailure([history('gateway:1')], nowMs)).toBe('none');
  });
});
