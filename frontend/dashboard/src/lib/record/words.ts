import type { TransactionRecord } from '@/lib/api/transactions';

/** The record's codes in the words of this dashboard. A code that a newer gateway brings is shown as it is. */

export type Decision = TransactionRecord['decision'];

const DONE: Record<string, string> = { approve: 'Approved', review: 'Review', block: 'Blocked' } satisfies Record<Decision, string>;
const SENTENCE: Record<string, string> = { approve: 'Approved', review: 'Sent to review', block: 'Blocked' } satisfies Record<Decision, string>;

/** "Sent to review": how a sentence about a verdict begins. */
export function decisionSentence(decision: Decision): string {
  return SENTENCE[decision] ?? `Decided ${decision}`;
}

const WOULD: Record<string, string> = {
  approve: 'would have been approved',
  review: 'would have gone to review',
  block: 'would have been blocked',
} satisfies Record<Decision, string>;

/** "Approved", "Review", "Blocked". */
export function decisionWord(decision: Decision): string {
  return DONE[decision] ?? capital(decision);
}

/** "would have been blocked". */
export function wouldHave(decision: Decision): string {
  return WOULD[decision] ?? `would have been decided ${decision}`;
}

const BLIND: Record<string, string> = {
  SCORER_TIMEOUT: 'the scorer did not answer in time',
  SCORER_UNAVAILABLE: 'the scorer was away',
  CIRCUIT_OPEN: 'the circuit was open',
  SCORER_INVALID_RESPONSE: "the scorer's answer could not be true",
  OVERLOADED: 'too much was waiting for the scorer',
  EXPOSURE_CAP_REACHED: 'no score, and above a cap of the blind policy',
  DEGRADED: 'it was scored without history',
  CANARY: 'its scorer was found to answer wrongly',
  UNSCORED: 'it had no score',
};

/** Why there was no score, or why it was looked at again: a clause that follows "because" or a colon. */
export function blindReason(code: string): string {
  return BLIND[code] ?? code;
}

const POLICY: Record<string, string> = {
  deny_list: 'a deny list names it',
  allow_list: 'an allow list names it',
  review_refused: 'a healthy scorer will not score it: a person looks',
  closed: 'the policy blocks what has no score',
  review: 'the policy sends what has no score to review',
  cap_per_transaction: 'above the cap per transaction',
  cap_per_user_hour: 'above the cap per user and hour',
  cap_per_merchant_outage: 'above the cap per merchant and outage',
  cap_per_outage: 'above the cap per outage',
  cap_no_share: 'this gateway held no part of the cap per outage',
  fail_open: 'fail-open: approved below the caps',
};

/** Which line of the blind policy decided, and what it says. */
export function policyWords(line: string): string {
  return POLICY[line] ?? line;
}

const CIRCUIT: Record<string, string> = {
  closed: 'Closed: requests were scored',
  open: 'Open: the scorer was not asked',
  'half-open': 'Half-open: one trial was to decide whether scoring resumes',
};

/** The circuit at the moment of the verdict. */
export function circuitWords(state: string): string {
  return CIRCUIT[state] ?? state;
}

const SOURCE: Record<string, string> = { model: 'the model', list: 'a list', rule: 'a rule', fallback: 'the blind policy' };

/** Who decided. */
export function sourceWords(source: string): string {
  return SOURCE[source] ?? source;
}

const DEGRADED: Record<string, string> = {
  history: 'the history of the user or the merchant',
  timestamp: 'the time that was sent: it lay in the future',
  'billing.country': 'the country of the billing address: none has the code that was sent',
  'billing.postal_code': 'the postal code of the billing address: what was sent is none',
  'card.country': 'the country of the card: none has the code that was sent',
  'device.id': 'the id of the device: what was sent is none',
  'customer.created_at': 'when the account was opened: what was sent is no such time',
  'customer.email': 'the email address: what was sent is none',
  'device.session_id': 'the id of the session: what was sent is none',
  'device.ip': 'the address of the device: none could be read in what was sent',
  'device.user_agent': 'the end of the user agent, which was too long',
  'location.country': 'the country of the buyer: none has the code that was sent',
  'merchant.country': 'the country of the merchant: none has the code that was sent',
  'shipping.country': 'the country of the shipping address: none has the code that was sent',
  'shipping.postal_code': 'the postal code of the shipping address: what was sent is none',
};

/** What a verdict had to do without, or null where it had all. */
export function degradedWords(degraded: readonly string[]): string | null {
  return degraded.length ? degraded.map((code) => DEGRADED[code] ?? code).join(', ') : null;
}

/** The first letter a capital. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
