import { describe, expect, it } from 'vitest';
import { timeOfDay } from '@/lib/format';
import { aBlindRecord, aRecord, aReview, FLIP } from '@/testing/records';
import { holderWords } from './item';
import { refusal, topReason, whyItWaits, withClaims, type Waiting } from './waiting';

const UNTIL = '2026-11-24T10:15:00.000Z';
const BEFORE_MS = Date.parse(UNTIL) - 1_000;

function waiting(id: string, amount: number | null, changes: Partial<Waiting['review']> = {}): Waiting {
  return { ...aRecord({ transaction_id: id }), review: aReview({ amount_reference_minor: amount, ...changes }) };
}
const claimed = (id: string, amount: number, by = 'alice') => waiting(id, amount, { state: 'claimed', claimed_by: by, claim_until: UNTIL });
const ids = (records: readonly Waiting[]) => records.map((record) => record.transaction_id);

describe('what I claimed', () => {
  it('stays where it stood among the open ones', () => {
    const page = [waiting('most', 900), waiting('least', 100), waiting('no_rate', null)];
    expect(ids(withClaims(page, [claimed('mine', 500)], BEFORE_MS))).toEqual(['most', 'mine', 'least', 'no_rate']);
  });

  it('is what the gateway says of it, once the gateway lists it again', () => {
    const [shown] = withClaims([waiting('mine', 500)], [claimed('mine', 500)], BEFORE_MS);
    expect(shown?.review.state).toBe('open');
  });

  it('is gone when its time is over', () => {
    expect(withClaims([], [claimed('mine', 500)], Date.parse(UNTIL))).toEqual([]);
  });

  it('keeps the order of the gateway where as much is at stake: what waits longest first', () => {
    const older = waiting('older', 500, { since: '2026-11-24T09:00:00.000Z' });
    expect(ids(withClaims([older], [claimed('mine', 500)], BEFORE_MS))).toEqual(['older', 'mine']);
  });
});

describe('why it waits', () => {
  it('is what the model said, what the policy said, or what a later score said', () => {
    const scored = { ...aRecord({ decision: 'review', risk_score: 0.1234, risk_level: 'high' }), review: aReview() };
    expect(whyItWaits(scored)).toBe('The model said review: score 0.1234, high risk');
    const fallback = { reason_code: 'EXPOSURE_CAP_REACHED', policy: 'cap_per_outage' } as const;
    expect(whyItWaits({ ...aBlindRecord({ decision: 'review', fallback }), review: aReview() })).toBe('Unscored: above the cap per outage');
    const flipped = { ...aBlindRecord({ amendments: [FLIP] }), review: aReview({ reason: 'flip' }) };
    expect(whyItWaits(flipped)).toMatch(/^Approved unscored at .*would have been blocked$/);
    expect(topReason(flipped)).toBe('Amount is worth 990.00 USD');
  });
});

describe('a step that would be refused', () => {
  it('is refused before it is asked for, with who has it and until when', () => {
    expect(refusal('block', claimed('x', 1, 'bob'), 'alice')).toBe(`bob has x until ${timeOfDay(UNTIL)}.`);
    expect(refusal('release', waiting('x', 1), 'alice')).toBe('Nobody has claimed x.');
    expect(refusal('approve', waiting('x', 1, { state: 'decided' }), 'alice')).toContain('decided');
  });

  it('is not one on what nobody has, or what is mine', () => {
    expect(['claim', 'approve', 'block'].map((kind) => refusal(kind as 'claim', waiting('x', 1), 'alice'))).toEqual([null, null, null]);
    expect(['claim', 'release', 'block'].map((kind) => refusal(kind as 'claim', claimed('x', 1), 'alice'))).toEqual([null, null, null]);
  });
});

describe('who has it', () => {
  it('is told with the end of the claim, or with what was decided', () => {
    expect(holderWords(claimed('x', 1), 'alice')).toBe(`Yours until ${timeOfDay(UNTIL)}`);
    expect(holderWords(claimed('x', 1, 'bob'), 'alice')).toBe(`bob has it until ${timeOfDay(UNTIL)}`);
    const decided = waiting('x', 1, { state: 'decided', decision: 'block', decided_by: 'carol', decided_at: UNTIL, note: 'stolen' });
    expect(holderWords(decided, 'alice')).toMatch(/^Blocked by carol, .*: “stolen”$/);
    expect(holderWords(waiting('x', 1), 'alice')).toBe('');
  });
});

