import type { FaultSettings } from '@/lib/api/faults';
import { isOff } from '@/lib/faults-words';

/** The form for a mixture of one's own: what was typed, and what it means. Pure. Shares are typed in per cent. */

export type Field = keyof FaultSettings;
export type Mixture = Record<Field, string>;
export type Read = { settings: FaultSettings } | { errors: Partial<Record<Field, string>>; general?: string };

const LATENCY_S_MAX = 60; // no brain takes more
const SHARES = ['latency_rate', 'error_rate', 'drop_rate', 'nan_rate', 'wrong_id_rate'] as const;

export const BLANK: Mixture = {
  latency_rate: '',
  latency_s: '2',
  error_rate: '',
  drop_rate: '',
  nan_rate: '',
  wrong_id_rate: '',
  constant_score: '',
};

/** What is on, as it would be typed. */
export function toMixture(settings: FaultSettings): Mixture {
  const typed = { ...BLANK, latency_s: String(settings.latency_s) };
  for (const name of SHARES) if (settings[name] > 0) typed[name] = String(Number((settings[name] * 100).toFixed(4)));
  if (settings.constant_score !== null) typed.constant_score = String(settings.constant_score);
  return typed;
}

/** The settings, or what is wrong at which field. A blank share is 0; a blank score leaves the model's. */
export function readMixture(typed: Mixture): Read {
  const errors: Partial<Record<Field, string>> = {};
  const read = (name: Field, most: number, message: string): number => {
    const value = toNumber(typed[name]);
    if (!(value >= 0 && value <= most)) errors[name] = message; // NaN is neither
    return value;
  };
  const shares = SHARES.map((name) => [name, read(name, 100, 'A share from 0 to 100 %.') / 100] as const);
  const latency_s = read('latency_s', LATENCY_S_MAX, `Seconds from 0 to ${LATENCY_S_MAX}.`);
  const score = read('constant_score', 1, 'A score from 0 to 1, or nothing.');
  const settings: FaultSettings = {
    ...(Object.fromEntries(shares) as Pick<FaultSettings, (typeof SHARES)[number]>),
    latency_s,
    constant_score: typed.constant_score.trim() === '' ? null : score,
  };
  if (Object.keys(errors).length > 0) return { errors };
  if (settings.latency_rate > 0 && latency_s === 0) return { errors: { latency_s: 'More than 0 s, or nothing is slow.' } };
  if (isOff(settings)) return { errors: {}, general: 'Nothing is on in this mixture. Set a share or a score.' };
  return { settings };
}

function toNumber(text: string): number {
  const trimmed = text.trim();
  // digits only: Number would take "0x10" and "Infinity" as well
  if (trimmed === '') return 0;
  return /^\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : NaN;
}
