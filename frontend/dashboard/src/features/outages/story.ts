import type { Outage } from '@/lib/api/outages';
import { amount, count, dayAndTime, timeOfDay } from '@/lib/format';
import { counted, lasted } from '@/lib/words';
import { causeOf } from './causes';

export type Figures = NonNullable<Outage['figures']>;

/** How long it lasted, or lasts by `nowMs` (since the epoch), in seconds. */
export function lengthS(outage: Pick<Outage, 'from' | 'to'>, nowMs: number): number {
  const endMs = outage.to === null ? nowMs : new Date(outage.to).getTime();
  return Math.max(0, (endMs - new Date(outage.from).getTime()) / 1_000);
}

/** What happened, as sentences that can be read out: when and why, what was decided, what became of it. */
export function story(outage: Outage, nowMs: number): string[] {
  const { figures } = outage;
  if (figures === null) return [when(outage, nowMs), 'What was decided in that time could not be counted soon enough. It is not known, which is not zero.'];
  return [when(outage, nowMs), ...decided(figures), ...afterwards(outage, figures)];
}

function when(outage: Outage, nowMs: number): string {
  const { from, to, cause } = outage;
  const length = lasted(lengthS(outage, nowMs));
  if (to === null) return `Since ${dayAndTime(from)} (${length} so far) ${causeOf(cause).is}.`;
  const isOneDay = new Date(from).toDateString() === new Date(to).toDateString();
  const time = isOneDay ? timeOfDay : dayAndTime;
  return `From ${time(from)} to ${time(to)} (${length}) ${causeOf(cause).was}.`;
}

/** Verdicts of that time that were given on less than all facts. */
export const allOf = ({ blind, degraded, suspect }: Figures): number => blind + degraded + suspect;

/** Whether anything can be said of what would differ: before something was scored again, none is not 0. */
export const isJudged = (figures: Figures): boolean => figures.rescored > 0 || (allOf(figures) === 0 && figures.open === 0);

function decided(figures: Figures): string[] {
  const { blind, degraded, suspect, approved, amount_exposed, currency, unpriced } = figures;
  const said: string[] = [];
  if (allOf(figures) === 0) return ['No verdict had to be given without a score, or without history.'];
  if (blind > 0) {
    const given = `${counted(blind, 'verdict')} ${were(blind)} given without a score`;
    if (approved === 0) said.push(`${given}; ${blind === 1 ? 'it was not' : 'none was'} approved.`);
    else said.push(`${given}; ${howMany(approved, blind)} approved, worth ${amount(amount_exposed, currency)}.`);
  }
  if (unpriced > 0) {
    said.push(`${counted(unpriced, 'approval')} in currencies without a rate ${unpriced === 1 ? 'is' : 'are'} not in that amount.`);
  }
  if (degraded > 0) said.push(`${counted(degraded, 'verdict')} ${were(degraded)} scored without history.`);
  if (suspect > 0) said.push(`${counted(suspect, 'verdict')} had a suspect score, of an unhealthy brain.`);
  return said;
}

function afterwards(outage: Outage, figures: Figures): string[] {
  const { rescored, open, unscorable } = figures;
  const all = allOf(figures);
  if (all === 0) return [];
  const said: string[] = [];
  if (rescored > 0) said.push(`${scored(all, figures)}: ${differing(all, figures)}.`);
  if (open > 0) {
    const left = `${counted(open, 'verdict')} ${open === 1 ? 'is' : 'are'} still to be scored`;
    said.push(outage.is_open ? `${left}; that begins when it is over.` : `${left}.`);
  }
  if (unscorable > 0) said.push(`${counted(unscorable, 'verdict')} ${were(unscorable)} given up: no score can be had.`);
  said.push(outage.is_settled ? 'These figures are final.' : 'These figures still change.');
  return said;
}

function scored(all: number, { rescored, open }: Figures): string {
  if (rescored < all || open > 0) return `${count(rescored)} of ${count(all)} ${rescored === 1 ? 'has' : 'have'} been scored since`;
  return all === 1 ? 'It was scored afterwards' : 'All were scored afterwards';
}

function differing(all: number, { flipped, amount_flipped, currency }: Figures): string {
  if (flipped === 0) return `${all === 1 ? 'it' : 'none'} would ${all === 1 ? 'not ' : ''}have been decided otherwise`;
  // nothing is known of the worth of what has no rate
  const worth = /[1-9]/.test(amount_flipped) ? `, worth ${amount(amount_flipped, currency)}` : '';
  return `${all === 1 ? 'it' : count(flipped)} would have been decided otherwise${worth}`;
}

function howMany(approved: number, blind: number): string {
  if (blind === 1) return 'it was';
  return approved === blind ? 'all of them' : count(approved);
}

const were = (n: number) => (n === 1 ? 'was' : 'were');
