import type { ReviewRecord, ReviewState } from '@/lib/api/reviews';
import { score, timeOfDay } from '@/lib/format';
import { budgetSentence } from '@/lib/record/budget';
import { story } from '@/lib/record/timeline';
import { capital, policyWords } from '@/lib/record/words';

/** A record that waits, or has waited, for a person. */
export type Waiting = ReviewRecord & { review: NonNullable<ReviewRecord['review']> };

export function isWaiting(record: ReviewRecord): record is Waiting {
  return record.review !== null;
}

/** Why a person should look, in a sentence. */
export function whyItWaits(record: Waiting): string {
  if (record.review.reason === 'flip') return story(record) ?? 'A later score questions the verdict';
  if (record.budget) return `${budgetSentence(record.budget, record.decision)} Score ${score(record.risk_score)}, ${record.risk_level} risk`;
  if (record.scored) return `The model said review: score ${score(record.risk_score)}, ${record.risk_level} risk`;
  return record.fallback ? `Unscored: ${policyWords(record.fallback.policy)}` : 'Unscored';
}

/** The reason that weighed most, or null where no model gave any. */
export function topReason(record: Waiting): string | null {
  const later = record.amendments.at(-1);
  const message = (record.reasons[0] ?? later?.reasons[0])?.message;
  return message === undefined ? null : capital(message);
}

/**
 * The page as the gateway has it, with what was claimed here in its place: a claimed review leaves the open ones, but
 * whoever claimed it wants to decide it where it stands. What the gateway lists counts, and claims end.
 */
export function withClaims(page: readonly Waiting[], claims: readonly Waiting[], nowMs: number): Waiting[] {
  const listed = new Set(page.map((record) => record.transaction_id));
  const added = claims.filter((record) => !listed.has(record.transaction_id) && Date.parse(record.review.claim_until ?? '') > nowMs);
  return added.length ? [...page, ...added].sort(byAmount) : [...page];
}

/** The gateway's own order: the largest amount first, what has no rate last; then the longest waiting. */
function byAmount(one: Waiting, other: Waiting): number {
  const amount = (record: Waiting) => record.review.amount_reference_minor ?? -Infinity;
  if (amount(one) !== amount(other)) return amount(one) > amount(other) ? -1 : 1;
  return Date.parse(one.review.since) - Date.parse(other.review.since);
}

/** Why a step would be refused, said before the gateway is asked; null where it may be taken. */
export function refusal(kind: 'claim' | 'release' | 'approve' | 'block', { transaction_id: id, review }: Waiting, me: string): string | null {
  if (review.state === 'decided') return `${id} is decided${review.decided_by ? ` by ${review.decided_by}` : ''}. Only a label can correct it.`;
  if (review.state === 'claimed' && review.claimed_by !== me) {
    return `${review.claimed_by} has ${id} until ${timeOfDay(review.claim_until ?? '')}.`;
  }
  return kind === 'release' && review.state === 'open' ? `Nobody has claimed ${id}.` : null;
}

/** Where to go on after a step has taken `id` out: to the next that still waits, or else to the one before. */
export function neighbour(ids: readonly string[], gone: ReadonlySet<string>, id: string): string | null {
  const at = ids.indexOf(id);
  const waits = (one: string) => one !== id && !gone.has(one);
  return ids.slice(at + 1).find(waits) ?? ids.slice(0, Math.max(at, 0)).findLast(waits) ?? null;
}

/** What became of one that left the list while somebody looked at it, in a word. */
export function goneWord({ review }: Waiting, state: ReviewState): string {
  if (review.state === state) return 'Gone'; // nobody has said yet what became of it
  return { open: 'Open again', claimed: 'Taken', decided: 'Decided' }[review.state];
}

/** What an empty part of the queue says. */
export const EMPTY: Record<ReviewState, string> = {
  open: 'Nothing waits for a person.',
  claimed: 'Nobody has claimed anything.',
  decided: 'Nothing is decided yet.',
};
