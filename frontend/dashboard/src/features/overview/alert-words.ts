import type { Tone } from '@/components/ui/chip';
import type { Alert } from '@/lib/api/alerts';
import { amount, count, duration, score } from '@/lib/format';
import { blindReason } from '@/lib/record/words';

export interface AlertInWords {
  tone: Tone;
  word: string;
  sentence: string;
  /** Where more of it is to be read, within these pages. */
  address: string | null;
}

type Data = Alert['data'];

/** Pure: an alert as somebody would say it. A kind that a newer gateway brings is shown by its name. */
export function alertInWords({ kind, data }: Alert): AlertInWords {
  const text = (name: string) => readText(data, name);
  const number = (name: string) => readNumber(data, name);
  const transaction = { address: `/transactions/?tx=${encodeURIComponent(text('transaction_id'))}` };
  const outage = { address: `/outages/?id=${encodeURIComponent(text('outage_id'))}` };
  switch (kind) {
    case 'verdict.amended': {
      const what = `${text('transaction_id')} over ${amount(text('amount'), text('currency'))}`;
      return { tone: 'warn', word: 'Flip', sentence: `${what}: was ${DONE[text('old')] ?? text('old')}, its score ${score(number('score'))} says ${text('new')}.`, ...transaction };
    }
    case 'outage.started':
      return { tone: 'bad', word: 'Outage', sentence: `Scores stopped: ${blindReason(text('cause'))}.`, ...outage };
    case 'outage.ended':
      return { tone: 'good', word: 'Outage over', sentence: outageEnded(data), ...outage };
    case 'ledger.backlog_cleared':
      return { tone: 'good', word: 'Ledger caught up', sentence: `${count(number('records'))} records had waited, the first for ${duration(number('lasted_s'))}.`, address: null };
    case 'conflict.recorded':
      return { tone: 'bad', word: 'Double', sentence: `${text('transaction_id')} was decided by two gateways: ${text('standing_decision') || 'the first'} stands, ${text('other_decision')} came second.`, ...transaction };
    case 'scorer.blind':
      return { tone: 'bad', word: 'Blind', sentence: `${text('instance')} got no score for ${duration(number('seconds'))}${text('cause') === 'canary' ? ': every brain answers wrongly' : ''}.`, address: null };
    case 'journal.poison':
      return { tone: 'bad', word: 'Refused', sentence: `The ledger will not take ${text('transaction_id')}: ${text('why')}.`, ...transaction };
    default:
      return { tone: 'unknown', word: kind, sentence: '', address: null };
  }
}

const FLIP = 'verdict.amended';

/** Alerts one after the other, newest first; flips that follow each other are one item that counts them. */
export function grouped(alerts: readonly Alert[]): { alert: Alert; more: number }[] {
  const items: { alert: Alert; more: number }[] = [];
  for (const alert of alerts) {
    const last = items.at(-1);
    if (last && alert.kind === FLIP && last.alert.kind === FLIP) last.more += 1;
    else items.push({ alert, more: 0 });
  }
  return items;
}

/** What became of the message about it, where that is worth a word; null where all is well or nobody is to be told. */
export function deliveryInWords({ state, attempts }: Pick<Alert, 'state' | 'attempts'>): string | null {
  if (state === 'dead') return 'nobody could be told';
  if (state === 'pending' && attempts > 0) return `not delivered yet, ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`;
  return null;
}

const DONE: Record<string, string> = { approve: 'approved', review: 'sent to review', block: 'blocked' };

function outageEnded(data: Data): string {
  const seconds = (Date.parse(readText(data, 'to')) - Date.parse(readText(data, 'from'))) / 1_000;
  const lasted = Number.isFinite(seconds) ? `It lasted ${duration(seconds)}` : 'It is over';
  const figures = data.figures as Data | null | undefined;
  if (!figures) return `${lasted}.`;
  return `${lasted}: ${count(readNumber(figures, 'blind'))} verdicts without a score, ${count(readNumber(figures, 'flipped'))} flipped.`;
}

function readText(data: Data, name: string): string {
  const value = data[name];
  return typeof value === 'string' ? value : '';
}

function readNumber(data: Data, name: string): number {
  const value = data[name];
  return typeof value === 'number' ? value : 0;
}
