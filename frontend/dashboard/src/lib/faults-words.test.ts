import { describe, expect, it } from 'vitest';
import type { BrainFaults, FaultSettings } from './api/faults';
import { describe as inWords, isOff, injected, isSame } from './faults-words';

const OFF: FaultSettings = { latency_rate: 0, latency_s: 2, error_rate: 0, drop_rate: 0, nan_rate: 0, wrong_id_rate: 0, constant_score: null };
const LATE = { ...OFF, latency_rate: 0.1, latency_s: 2 };
const DEAF = { ...OFF, drop_rate: 0.5 };
const brains = (...said: (FaultSettings | null)[]): BrainFaults[] => said.map((faults, i) => ({ address: `brain:${i}`, is_allowed: true, faults }));

describe('faults', () => {
  it('are the same when none is slow, however slow that would be', () => {
    expect(isSame({ ...OFF, latency_s: 2 }, { ...OFF, latency_s: 5 })).toBe(true);
    expect(isSame(LATE, { ...LATE, latency_s: 5 })).toBe(false);
  });

  it('are on with a constant score of 0', () => {
    expect(isOff({ ...OFF, constant_score: 0 })).toBe(false);
    expect(isOff(OFF)).toBe(true);
  });

  it('are said in words', () => {
    expect(inWords({ latency_rate: 0.1, latency_s: 2, error_rate: 1, drop_rate: 0.005, nan_rate: 0, wrong_id_rate: 0, constant_score: 0.02 })).toEqual([
      '10 % of the attempts to score take 2 s longer',
      'all of the attempts fail',
      '0.5 % of the attempts get no answer',
      'every score is 0.02',
    ]);
    expect(inWords(OFF)).toEqual([]);
  });
});

describe('what is on', () => {
  it('is what all brains say', () => {
    expect(injected(brains(OFF, OFF))).toEqual({ kind: 'off', settings: null, hit: 0, silent: 0, all: 2 });
    expect(injected(brains(LATE, LATE))).toEqual({ kind: 'on', settings: LATE, hit: 2, silent: 0, all: 2 });
  });

  it('is mixed where they differ, also where only one is off', () => {
    expect(injected(brains(LATE, OFF))).toMatchObject({ kind: 'mixed', settings: LATE, hit: 1 });
    expect(injected(brains(LATE, DEAF, OFF))).toMatchObject({ kind: 'mixed', settings: null, hit: 2 });
  });

  it('is what the others say when one is silent, which is counted, and unknown when all are', () => {
    expect(injected(brains(null, LATE))).toEqual({ kind: 'on', settings: LATE, hit: 1, silent: 1, all: 2 });
    expect(injected(brains(null, OFF))).toMatchObject({ kind: 'off', silent: 1 });
    expect(injected(brains(null))).toMatchObject({ kind: 'silent', silent: 1 });
    expect(injected([])).toMatchObject({ kind: 'silent', all: 0 });
  });
});
