import { describe, expect, it } from 'vitest';
import type { CircuitStatus } from '@/lib/api/circuit';
import { brainsInWords, gatewaysInWords, nextAttempt } from './circuit-words';

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
    expect(nextAttempt(24_001, true)).toBe('Next attempt in 25 s.');
    expect(nextAttempt(1, false)).toBe('Next attempt in 1 s.');
    expect(nextAttempt(0, true)).toBe('The next attempt is due.');
    expect(nextAttempt(0, false)).toBe('No brain is reachable: the next attempt waits for one.');
  });
});
