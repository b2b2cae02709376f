import type { Budgets, ModelBudget } from '@/lib/api/models';
import { count, percent } from '@/lib/format';
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

/** How much of the cap is used. */
export function capSentence({ used, allowed, payments, refused }: Budgets['decline_cap']): string {
  const more = refused > 0 ? ` ${counted(refused, 'block')} went to people instead since it started.` : '';
  const blocked = `models blocked ${used === 0 ? 'none' : count(used)}; they may block ${count(allowed)}.`;
  return payments === 0 ? `Decline cap: ${blocked}` : `Decline cap: of the last ${counted(payments, 'payment')} of this gateway, ${blocked}${more}`;
}

function short(threshold: number): string {
  return String(Number(threshold.toPrecision(4)));
}
