import type { Backtest, Candidate, ModelRoles, RoleChange } from '@/lib/api/models';
import { count } from '@/lib/format';
import { counted } from '@/lib/words';
import { modelName } from './names';
import { fine } from './outcome-words';

/** Which models serve, how it came to that, and how the newest one did on past payments: in words. Pure. */

const REVIEW_FROM = 150; // frauds with known labels, where training was told nothing else
const BLOCK_FROM = 400;
const ID_CHARS = 12;
const ACTIONS: Record<string, string> = {
  shadow: 'Put in shadow',
  promote: 'Promoted',
  rollback: 'Rolled back',
} satisfies Record<RoleChange['action'], string>;
const BUILT_IN = 'the model that brains ship with';
// false declines first
const FIGURES = ['genuine_declined', 'genuine_reviewed', 'fraud_caught', 'fraud_value_caught', 'ap', 'recall_1fpr', 'money'] as const;
const SHARES = new Set<string>(['genuine_declined', 'genuine_reviewed', 'fraud_caught', 'fraud_value_caught']);
const NAMES: Record<string, string> = { candidate: 'This model', present: 'The one before' };

type Kept = Pick<ModelRoles, 'models'>;

/** "own 2", or the beginning of its id where it is none of the newest. */
export function keptName({ models }: Kept, id: string): string {
  const found = models.find((one) => one.id === id);
  return found ? modelName(found) : `model ${id.slice(0, ID_CHARS)}`;
}

export function liveSentence(roles: Pick<ModelRoles, 'live' | 'shadow' | 'models'>): string {
  const decides = roles.live === null ? 'None was promoted: each brain runs the model that it ships with.' : `${keptName(roles, roles.live)} was promoted and decides.`;
  return roles.shadow === null ? decides : `${decides} ${keptName(roles, roles.shadow)} runs in its shadow.`;
}

/** Which brain serves another model than it should, and why. */
export function refusedSentence(kept: Kept, { brain, artifact, reason }: ModelRoles['refused'][number]): string {
  return `${brain} refuses ${keptName(kept, artifact)} and serves the one before: ${reason}`;
}

export function actionWord(action: string): string {
  return ACTIONS[action] ?? action;
}

/** Which model a change was about: the one in shadow, or the one that decides since. */
export function changedModel(kept: Kept, { action, live, shadow }: Pick<RoleChange, 'action' | 'live' | 'shadow'>): string {
  const id = action === 'shadow' ? shadow : live;
  return id === null ? BUILT_IN : keptName(kept, id);
}

/** What it may do by the labels that it learned from. */
export function rightsSentence({ own_labels, may_block, ripe_frauds }: Pick<Candidate, 'own_labels' | 'may_block' | 'ripe_frauds'>): string {
  const learned = ripe_frauds === null ? '' : `It learned from ${counted(ripe_frauds, 'fraud')} of yours with a known label. `;
  if (may_block) return `${learned}It may block, as far as the decline cap goes.`;
  const isFew = ripe_frauds !== null && ripe_frauds < BLOCK_FROM;
  if (own_labels) return `${learned}It sends to people and blocks nobody${isFew ? `: that takes ${BLOCK_FROM} such frauds` : ''}.`;
  return `${learned}It only ranks${isFew ? `: to send to people by its own threshold takes ${REVIEW_FROM} such frauds, to block ${BLOCK_FROM}` : ''}.`;
}

/** "40,000 payments of 2026-08-06 to 2026-09-30, 400 of them frauds". */
export function testedSentence({ payments, first_day, last_day, frauds }: Pick<Backtest, 'payments' | 'first_day' | 'last_day' | 'frauds'>): string {
  return `On ${counted(payments, 'payment')} of ${first_day} to ${last_day}, ${count(frauds)} of them frauds, which none of these was trained on.`;
}

/** The figures that one model at least has, in the order in which they matter. */
export function shownFigures({ models }: Pick<Backtest, 'models'>): string[] {
  return FIGURES.filter((figure) => Object.values(models).some((one) => (one[figure] ?? null) !== null));
}

export function testedName(name: string): string {
  return NAMES[name] ?? name;
}

/** "0.09 %", "0.810", "1,204", or "none". */
export function figureText(figure: string, value: number | null | undefined): string {
  if (value === undefined || value === null) return 'none';
  if (SHARES.has(figure)) return fine(value);
  return figure === 'money' ? count(Math.round(value)) : value.toFixed(3);
}
