import { describe, expect, it } from 'vitest';
import type { BrainFaults, FaultSettings } from './api/faults';
import { describe as inWords, injected, isOff, isSame, sight } from './faults-words';

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
      '0.5 % of the attempts are never answered',
      'every score is 0.02',
    ]);
    expect(inWords(OFF)).toEqual([]);
  });
});

describe('what is on', () => {
  it('is what all brains say', () => {
    expect(sight(brains(OFF, OFF))).toEqual({ kind: 'off', settings: null, hit: 0, silent: 0, all: 2 });
    expect(sight(brains(LATE, LATE))).toEqual({ kind: 'on', settings: LATE, hit: 2, silent: 0, all: 2 });
  });

  it('is mixed where they differ, also where only one is off', () => {
    expect(sight(brains(LATE, OFF))).toMatchObject({ kind: 'mixed', settings: LATE, hit: 1 });
    expect(sight(brains(LATE, DEAF, OFF))).toMatchObject({ kind: 'mixed', settings: null, hit: 2 });
  });

  it('is what the others say when one is silent, which is counted, and unknown when all are', () => {
    expect(sight(brains(null, LATE))).toEqual({ kind: 'on', settings: LATE, hit: 1, silent: 1, all: 2 });
    expect(sight(brains(null, OFF))).toMatchObject({ kind: 'off', silent: 1 });
    expect(sight(brains(null))).toMatchObject({ kind: 'silent', silent: 1 });
    expect(sight([])).toMatchObject({ kind: 'silent', all: 0 });
  });
});

describe('the banner about faults', () => {
  const banner = (...said: (FaultSettings | null)[]) => injected({ is_enabled: true, brains: brains(...said) });

  it('is none while all rates are zero or the brains do not say', () => {
    expect(banner(OFF, null)).toBeNull();
    expect(banner()).toBeNull();
  });

  it('names them with their shares, in the words of the page that switches them on', () => {
    expect(banner({ ...LATE, nan_rate: 1 })).toBe(
      'Faults are injected on purpose: 10 % of the attempts to score take 2 s longer; all of the answers have no number for a score.',
    );
    expect(banner({ ...OFF, constant_score: 0 })).toBe('Faults are injected on purpose: every score is 0.');
  });

  it('says on how many brains, where not on all, and how many are silent', () => {
    expect(banner(OFF, DEAF)).toBe('Faults are injected on purpose on 1 of 2 brains: 50 % of the attempts are never answered.');
    expect(banner(DEAF, DEAF, null)).toBe('Faults are injected on purpose on 2 of 3 brains (1 silent): 50 % of the attempts are never answered.');
  });

  it('does not pass the faults of one brain off as those of another', () => {
    expect(banner(DEAF, LATE)).toBe('Faults are injected on purpose, and they differ.');
    expect(banner(DEAF, LATE, OFF)).toBe('Faults are injected on purpose on 2 of 3 brains, and they differ.');
  });
});
