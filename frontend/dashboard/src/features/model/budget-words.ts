import type { Budgets, ModelBudget } from '@/lib/api/models';
import { count, minorAmount, percent } from '@/lib/format';
import { counted } from '@/lib/words';

/** What the budgets mean, in words. Pure. */

/** "0.3742 in force; 0.0799 by the model itself", or "0.0799, the model’s own". */
export function thresholdText({ in_force, own }: ModelBudget['review']): string {
  return in_force === own ? `${short(own)}, the model’s own` : `${short(in_force)} in force; ${short(own)} by the model itself`;
}

/** What the thresholds are taken from, or why they are the model's own. */
export function followsSentence(model: ModelBudget, { review_share, payments_min }: Pick<Budgets, 'review_share' | 'payments_min'>): string {
  if (model.own_labels) return 'Nothing: it was trained on your own labels, so its own thresholds hold.';
  const scored = `${counted(model.payments, 'payment')} older than an hour`;
  if (!model.follows) return `Nothing yet: ${scored}; from ${count(payments_min)} on the thresholds follow.`;
  return `The last ${scored}: at most ${percent(review_share, 0)} of such payments go to people. It never falls below the model’s own.`;
}

/** Whether it may block, and what it takes. */
export function mayBlockSentence({ may_block }: Pick<ModelBudget, 'may_block'>): string {
  return may_block
    ? 'Yes, as far as the decline cap goes.'
    : 'No: what it would block goes to a person, until a model that was trained on your own labels takes over. Lists and the blind policy block as ever.';
}

/** What its own thresholds would have made of the payments that it scored lately. */
export function wouldHaveSentence({ payments, reviewed, blocked }: ModelBudget['would_have']): string {
  if (payments === 0) return 'Nothing: it has scored no payment lately.';
  return `Of the last ${counted(payments, 'payment')} it would have blocked ${someOf(blocked, payments)} and sent ${someOf(reviewed, payments)} to people.`;
}

/** What was let through today. */
export function letThroughSentence(today: NonNullable<Budgets['let_through']>): string {
  const drawn = `One block in ${count(Math.round(1 / today.probability))} is let through by lot`;
  if (today.allowed_minor === 0) return `${drawn}: none today, this gateway begins with the next day (UTC).`;
  const [spent, allowed] = [today.spent_minor, today.allowed_minor].map((minor) => minorAmount(minor, '').trim());
  return `${drawn}: today (UTC) ${counted(today.payments, 'payment')} of this gateway, ${spent} of ${allowed} in the reference currency.`;
}

/** How much of the cap is used. */
export function capSentence({ share, used, allowed, payments, refused }: Budgets['decline_cap']): string {
  if (share === 0) return 'Decline cap: no model may block anything (GATEWAY_DECLINE_CAP is 0).';
  const blocked = `models blocked ${used === 0 ? 'none' : count(used)}; they may block ${count(allowed)}.`;
  const more = refused > 0 ? ` ${counted(refused, 'block')} went to people instead since it started.` : '';
  return payments === 0 ? `Decline cap: ${blocked}` : `Decline cap: of the last ${counted(payments, 'payment')} of this gateway, ${blocked}${more}`;
}

/** That a model would block more than it may; null while none does. */
export function misfitSentence({ misfit }: Pick<Budgets['decline_cap'], 'misfit'>): string | null {
  if (misfit === null) return null;
  return `${misfit.name} ${misfit.version} does not fit your payments since ${misfit.since}: it would block more of them than it may. People see the rest. Where these are mostly genuine, go back to the model before it.`;
}

function someOf(part: number, whole: number): string {
  return part === 0 ? 'none' : `${count(part)} (${percent(part / whole, part / whole < 0.01 ? 2 : 1)})`;
}

function short(threshold: number): string {
  return String(Number(threshold.toPrecision(4)));
}
