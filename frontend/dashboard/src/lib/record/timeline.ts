import type { Tone } from '@/lib/tone';
import type { TransactionRecord } from '@/lib/api/transactions';
import { score, timeOfDay } from '@/lib/format';
import { blindReason, decisionSentence, wouldHave, type Decision } from './words';

/** One thing that happened to a transaction. `at` as the gateway wrote it. */
export interface Happening {
  at: string;
  text: string;
  tone: Tone;
}

type Amendment = TransactionRecord['amendments'][number];
type Step = NonNullable<TransactionRecord['review']>['history'][number];

/** All that happened, oldest first: the verdict, later scores, what people did, and what it turned out to be. */
export function toTimeline(record: TransactionRecord): Happening[] {
  const { amendments, review, label } = record;
  const happenings: Happening[] = [
    { at: record.created_at, text: verdictSentence(record), tone: verdictTone(record) },
    ...amendments.map((one) => ({ at: one.at, text: amendmentSentence(one), tone: isFlip(one) ? 'warn' : 'good' }) as const),
  ];
  if (review?.reason === 'flip') {
    happenings.push({ at: review.since, text: 'Put into the review queue, because of the later score', tone: 'warn' });
  }
  for (const step of review?.history ?? []) happenings.push({ at: step.at, text: stepSentence(step), tone: 'unknown' });
  if (label) happenings.push({ at: label.recorded_at, text: labelSentence(label), tone: label.is_fraud ? 'bad' : 'good' });
  // a stable sort: what bears the same time stays in the order in which it follows from each other
  return happenings.sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

/** "Approved unscored at 10:00:01 · scored 0.9700 at 10:00:31: would have been blocked"; null where nothing was amended. */
export function story(record: TransactionRecord): string | null {
  const last = record.amendments.at(-1);
  if (!last) return null;
  const how = record.scored ? `with score ${score(record.risk_score)}` : 'unscored';
  const first = `${decisionSentence(record.decision)} ${how} at ${timeOfDay(record.created_at)}`;
  return `${first} · scored ${score(last.score)} at ${timeOfDay(last.at)}: ${outcome(last)}`;
}

/** Whether a later score would have decided otherwise. The newest one counts. */
export function isFlipped(record: TransactionRecord): boolean {
  const last = record.amendments.at(-1);
  return last !== undefined && isFlip(last);
}

/** "Labelled fraud by analyst (Ada), revision 2"; without a name where nobody knew who it was. */
export function labelSentence(label: NonNullable<TransactionRecord['label']>): string {
  const revision = label.revision > 1 ? `, revision ${label.revision}` : '';
  return `Labelled ${label.is_fraud ? 'fraud' : 'genuine'} by ${label.source}${label.by ? ` (${label.by})` : ''}${revision}`;
}

const TONES: Record<string, Tone> = { approve: 'good', review: 'warn', block: 'bad' } satisfies Record<Decision, Tone>;

/** The colour of a verdict. One without a score has its own: it is neither good nor an error. */
export function verdictTone(record: Pick<TransactionRecord, 'scored' | 'decision'>): Tone {
  if (!record.scored) return 'blind';
  return TONES[record.decision] ?? 'unknown';
}

function verdictSentence(record: TransactionRecord): string {
  const word = decisionSentence(record.decision);
  const by = record.decision_source === 'list' ? ' by a list' : '';
  if (record.scored) return `${word}${by} with score ${score(record.risk_score)}`;
  return `${word} unscored${by}${record.fallback ? `: ${blindReason(record.fallback.reason_code)}` : ''}`;
}

function amendmentSentence(amendment: Amendment): string {
  return `Scored ${score(amendment.score)}: ${outcome(amendment)}`;
}

function outcome(amendment: Amendment): string {
  return isFlip(amendment) ? wouldHave(amendment.new) : 'the same decision';
}

function isFlip(amendment: Amendment): boolean {
  return amendment.old !== amendment.new;
}

const DONE: Record<Exclude<Step['action'], 'decided'>, string> = { claimed: 'claimed it', released: 'gave it back', undone: 'took the decision back' };

function stepSentence(step: Step): string {
  const note = step.note ? `: “${step.note}”` : '';
  const who = step.via ? `${step.by} (by ${step.via})` : step.by; // a program said who it was
  if (step.action === 'decided') return `${who} decided ${step.decision ?? ''}${note}`;
  return `${who} ${DONE[step.action]}`;
}
