import { describe, expect, it } from 'vitest';
import type { BrainFaults } from '@/lib/api/faults';
import { PRESETS, presetOf, STOP } from './presets';
import { describe as inWords, isOff, isSame, OFF, outcome, sight } from './settings';

const LATE = { ...OFF, latency_rate: 0.1, latency_s: 2 };
const brain = (faults: BrainFaults['faults'], address = 'a'): BrainFaults => ({ address, is_allowed: true, faults });

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
      'All of the attempts fail',
      '0.5 % of the attempts are never answered',
      'every score is 0.02',
    ]);
    expect(inWords(OFF)).toEqual([]);
  });
});

describe('what is on', () => {
  it('is what all brains say', () => {
    expect(sight([brain(OFF), brain(OFF)])).toEqual({ kind: 'off' });
    expect(sight([brain(LATE), brain(LATE)])).toEqual({ kind: 'on', settings: LATE });
  });

  it('is mixed where they differ, also where only one is off', () => {
    expect(sight([brain(LATE), brain(OFF)])).toEqual({ kind: 'mixed' });
  });

  it('is what the others say when one is silent, and unknown when all are', () => {
    expect(sight([brain(null), brain(LATE)])).toEqual({ kind: 'on', settings: LATE });
    expect(sight([brain(null)])).toEqual({ kind: 'silent' });
    expect(sight([])).toEqual({ kind: 'silent' });
  });
});

describe('presets', () => {
  it('are found again in what the brains say', () => {
    for (const preset of [STOP, ...PRESETS]) expect(presetOf({ ...preset.settings })).toBe(preset);
  });

  it('are no two alike', () => {
    const all = [STOP, ...PRESETS];
    for (const one of all) expect(all.filter((other) => isSame(one.settings, other.settings))).toHaveLength(1);
  });

  it('do not claim a mixture', () => {
    expect(presetOf({ ...LATE, error_rate: 0.2 })).toBeNull();
  });
});

describe('what came of a change', () => {
  it('is told of every brain', () => {
    const brains = [brain(LATE), brain(OFF), brain(null)];

    expect(outcome({ is_enabled: true, brains }, LATE)).toBe('1 of 3 brains took it; 1 took no change, 1 did not answer.');
    expect(outcome({ is_enabled: true, brains: [brain(LATE)] }, LATE)).toBe('1 of 1 brain took it.');
  });
});
