import type { Tone } from '@/components/ui/chip';
import type { Alert } from '@/lib/api/alerts';
import { amount, count, duration, score } from '@/lib/format';
import { blindReason, capital } from '@/lib/record/words';

export interface AlertInWords {
  tone: Tone;
  word: string;
  sentence: string;
  /** Where more of it is to be read, within these pages. */
  address: string | null;
}

type Data = Alert['data'];

const UNKNOWN = 'not known';

/** Pure: an alert as somebody would say it. A kind that a newer gateway brings is shown by its name; nothing is made up. */
export function alertInWords({ kind, data }: Alert): AlertInWords {
  const transaction = addressOf('/transactions/?tx=', readText(data, 'transaction_id'));
  const outage = addressOf('/outages/?id=', readText(data, 'outage_id'));
  const id = readText(data, 'transaction_id') ?? 'A transaction whose id is not known';
  switch (kind) {
    case 'verdict.amended': {
      const [old, known] = [readText(data, 'old'), readNumber(data, 'score')];
      const was = old === null ? UNKNOWN : (DONE[old] ?? old);
      return { tone: 'warn', word: 'Flip', sentence: `${id} over ${money(data)}: was ${was}, its score ${known === null ? UNKNOWN : score(known)} says ${readText(data, 'new') ?? UNKNOWN}.`, address: transaction };
    }
    case 'outage.started': {
      const cause = readText(data, 'cause');
      return { tone: 'bad', word: 'Outage', sentence: outageStarted(cause), address: outage };
    }
    case 'outage.ended':
      return { tone: 'good', word: 'Outage over', sentence: outageEnded(data), address: outage };
    case 'ledger.backlog_cleared':
      return { tone: 'good', word: 'Ledger caught up', sentence: `${capital(howMany(data, 'records'))} records had waited, the first for ${howLong(data, 'lasted_s')}.`, address: null };
    case 'conflict.recorded':
      return { tone: 'bad', word: 'Double', sentence: `${id} was decided by two gateways: ${readText(data, 'standing_decision') ?? 'the first'} stands, ${readText(data, 'other_decision') ?? 'another'} came second.`, address: transaction };
    case 'scorer.blind': {
      const who = readText(data, 'instance') ?? 'A gateway';
      return { tone: 'bad', word: 'Blind', sentence: `${who} got no score for ${howLong(data, 'seconds')}${data.cause === 'canary' ? ': every brain answers wrongly' : ''}.`, address: null };
    }
    case 'model.misfit':
      return { tone: 'warn', word: 'Misfit', sentence: `Model and traffic do not fit: ${modelName(data)} would block more payments than it may (${howMany(data, 'allowed')}). People look at the rest.`, address: '/model/' };
    case 'journal.poison':
      return { tone: 'bad', word: 'Refused', sentence: `The ledger will not take ${readText(data, 'transaction_id') ?? 'a transaction whose id is not known'}: ${readText(data, 'why') ?? `why is ${UNKNOWN}`}.`, address: transaction };
    case 'journal.lost':
      return { tone: 'bad', word: 'Lost', sentence: `A damaged journal of ${readText(data, 'instance') ?? 'a gateway'} lost verdicts that were given: ${howMany(data, 'lost')}.`, address: null };
    default:
      return { tone: 'unknown', word: kind, sentence: '', address: null };
  }
}

/** "12 more before it."; nothing where it stands alone. */
export function moreInWords({ folded }: Pick<Alert, 'folded'>): string {
  return folded === 0 ? '' : `${count(folded)} more before it.`;
}

/** What became of the message about it, where that is worth a word; null where all is well or nobody is to be told. */
export function deliveryInWords({ state, attempts }: Pick<Alert, 'state' | 'attempts'>): string | null {
  if (state === 'dead') return 'nobody could be told';
  if (state === 'pending' && attempts > 0) return `not delivered yet, ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`;
  return null;
}

const DONE: Record<string, string> = { approve: 'approved', review: 'sent to review', block: 'blocked' };

function outageEnded(data: Data): string {
  const seconds = (Date.parse(readText(data, 'to') ?? '') - Date.parse(readText(data, 'from') ?? '')) / 1_000;
  const lasted = Number.isFinite(seconds) ? `It lasted ${duration(seconds)}` : 'It is over';
  const figures = data.figures as Data | null | undefined;
  if (!figures) return `${lasted}.`;
  const degraded = readNumber(figures, 'degraded') ?? 0;
  const without = degraded > 0 ? `, ${count(degraded)} without history` : '';
  return `${lasted}: ${howMany(figures, 'blind')} verdicts without a score${without}, ${howMany(figures, 'flipped')} flipped.`;
}

function outageStarted(cause: string | null): string {
  const lack = cause === null ? undefined : WITHOUT_HISTORY[cause];
  return lack ?? `Scores stopped: ${cause === null ? `why is ${UNKNOWN}` : blindReason(cause)}.`;
}

const WITHOUT_HISTORY: Record<string, string> = {
  HISTORY_UNAVAILABLE: 'Scores are made without history: the brain cannot read it.',
  LEDGER_UNAVAILABLE: 'Scores are made without history: MongoDB does not answer.',
};

function money(data: Data): string {
  const [decimal, currency] = [readText(data, 'amount'), readText(data, 'currency')];
  return decimal === null || currency === null ? 'an amount that is not known' : amount(decimal, currency);
}

function modelName(data: Data): string {
  const model = data.model as Data | null | undefined;
  const [name, version] = [model ? readText(model, 'name') : null, model ? readText(model, 'version') : null];
  return name === null || version === null ? 'a model' : `${name} ${version}`;
}

function addressOf(path: string, id: string | null): string | null {
  return id === null ? null : `${path}${encodeURIComponent(id)}`;
}

function howMany(data: Data, name: string): string {
  const n = readNumber(data, name);
  return n === null ? 'not known how many' : count(n);
}

function howLong(data: Data, name: string): string {
  const seconds = readNumber(data, name);
  return seconds === null ? 'a time that is not known' : duration(seconds);
}

/** Null where there is none: an empty word says as little as a missing one. */
function readText(data: Data, name: string): string | null {
  const value = data[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

function readNumber(data: Data, name: string): number | null {
  const value = data[name];
  return typeof value === 'number' ? value : null;
}
