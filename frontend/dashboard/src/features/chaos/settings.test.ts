import { describe, expect, it } from 'vitest';
import type { BrainFaults } from '@/lib/api/faults';
import { isSame } from '@/lib/faults-words';
import { PRESETS, presetOf, STOP } from './presets';
import { OFF, outcome } from './settings';

const LATE = { ...OFF, latency_rate: 0.1, latency_s: 2 };
const brain = (faults: BrainFaults['faults'], address = 'a'): BrainFaults => ({ address, is_allowed: true, faults });

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
