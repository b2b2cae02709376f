import type { FaultSettings } from '@/lib/api/faults';
import { isOff, isSame } from '@/lib/faults-words';
import { OFF } from './settings';

export interface Preset {
  name: string;
  settings: FaultSettings;
  /** What to look at on the overview while it is on: one sentence. */
  watch: string;
}

export const PRESETS: readonly Preset[] = [
  {
    name: '1 in 10 takes 2 s',
    settings: { ...OFF, latency_rate: 0.1, latency_s: 2 },
    watch: 'Nearly nothing should show: a second attempt overtakes the slow one, and the circuit stays closed.',
  },
  {
    name: 'Every answer fails',
    settings: { ...OFF, error_rate: 1 },
    watch: 'After three failures the circuit opens, and every verdict is unscored, at once and without an error.',
  },
  {
    name: 'Half are never answered',
    settings: { ...OFF, drop_rate: 0.5 },
    watch: 'Latency rises with the second and third attempts, some verdicts are unscored, and the circuit seldom opens.',
  },
  {
    name: 'Not a number',
    settings: { ...OFF, nan_rate: 1 },
    watch: 'A score that is no number is a failure: the circuit opens, and no verdict shows a score of 0.',
  },
  {
    name: "Another transaction's id",
    settings: { ...OFF, wrong_id_rate: 1 },
    watch: 'An answer about somebody else is never taken for yours: the circuit opens, and verdicts are unscored.',
  },
  {
    name: 'Everything scores 0.02',
    settings: { ...OFF, constant_score: 0.02 },
    watch: 'Nothing fails, but within some ten seconds test payments find the unhealthy brain: the circuit opens, and what it scored is suspect.',
  },
];

export const STOP: Preset = {
  name: 'Stop all faults',
  settings: OFF,
  watch: 'The circuit closes within half a minute, and what was decided unscored is scored.',
};

/** The preset that is on, if it is one of them; null for a mixture of somebody's own. */
export function presetOf(settings: FaultSettings): Preset | null {
  if (isOff(settings)) return STOP;
  return PRESETS.find((preset) => isSame(preset.settings, settings)) ?? null;
}
