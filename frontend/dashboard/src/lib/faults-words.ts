import type { BrainFaults, FaultSettings } from './api/faults';
import { duration, percent } from './format';

/** What faults are, whether they are the same, and what they are called on every page. Pure. */

const RATES = ['latency_rate', 'error_rate', 'drop_rate', 'nan_rate', 'wrong_id_rate'] as const;

export function isOff(settings: FaultSettings): boolean {
  return settings.constant_score === null && RATES.every((name) => settings[name] === 0);
}

/** How long a slow one takes says nothing while none is slow. */
export function isSame(a: FaultSettings, b: FaultSettings): boolean {
  return (
    RATES.every((name) => a[name] === b[name]) &&
    a.constant_score === b.constant_score &&
    (a.latency_rate === 0 || a.latency_s === b.latency_s)
  );
}

/** Each fault that is on, as a clause: "all of the attempts fail"; none when all are off. */
export function describe(settings: FaultSettings): string[] {
  const said: string[] = [];
  const say = (rate: number, one: string) => rate > 0 && said.push(`${share(rate)} ${one}`);
  say(settings.latency_rate, `of the attempts to score take ${duration(settings.latency_s)} longer`);
  say(settings.error_rate, 'of the attempts fail');
  say(settings.drop_rate, 'of the attempts get no answer');
  say(settings.nan_rate, 'of the answers have no number for a score');
  say(settings.wrong_id_rate, 'of the answers name another transaction');
  if (settings.constant_score !== null) said.push(`every score is ${settings.constant_score}`);
  return said;
}

export interface Injected {
  /** silent: none answers, or none is known; off, on: all that answer say the same; mixed: they differ. */
  kind: 'silent' | 'off' | 'on' | 'mixed';
  /** What those inject that inject anything; null where none does, or these differ. */
  settings: FaultSettings | null;
  /** Numbers of brains: that inject, that did not answer, and altogether. */
  hit: number;
  silent: number;
  all: number;
}

/** What is on right now, as far as the brains say. */
export function injected(brains: readonly BrainFaults[]): Injected {
  const told = brains.map(({ faults }) => faults).filter((faults) => faults !== null);
  const injecting = told.filter((settings) => !isOff(settings));
  const first = injecting[0];
  const isOne = first !== undefined && injecting.every((settings) => isSame(settings, first));
  return {
    kind: told.length === 0 ? 'silent' : first === undefined ? 'off' : isOne && injecting.length === told.length ? 'on' : 'mixed',
    settings: isOne ? first : null,
    hit: injecting.length,
    silent: brains.length - told.length,
    all: brains.length,
  };
}

function share(rate: number): string {
  return rate === 1 ? 'all' : percent(rate, Number.isInteger(rate * 100) ? 0 : 1);
}
