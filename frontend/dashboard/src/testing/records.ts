import type { TransactionRecord } from '@/lib/api/transactions';

/** For tests: a record as the gateway writes it, approved with a score, with some of it changed. */
export function aRecord(changes: Partial<TransactionRecord> = {}): TransactionRecord {
  return {
    transaction_id: 'txn_1',
    amount: '150.50',
    currency: 'USD',
    user_id: 'user_1',
    merchant_id: 'merchant_1',
    event_time: '2026-11-24T10:00:00.000Z',
    decision: 'approve',
    is_fraud: false,
    scored: true,
    risk_score: 0.0071,
    risk_level: 'low',
    reasons: [{ code: 'AMOUNT', message: 'amount is worth 150.50 USD', contribution: 0.15 }],
    decision_source: 'model',
    fallback: null,
    budget: null,
    thresholds: { review: 0.0799, block: 0.4476 },
    circuit_state: 'closed',
    model: { name: 'sentinel-gbdt', version: '2.0.0' },
    degraded: [],
    ledger_status: 'committed',
    amendments: [],
    latency_ms: 6.9,
    created_at: '2026-11-24T10:00:01.000Z',
    trace_id: 'ad6ab948f9098212db7986ef141b659c',
    shadow: null,
    label: null,
    review: null,
    request: { transaction_id: 'txn_1', amount: '150.50', currency: 'USD', user_id: 'user_1' },
    ...changes,
  };
}

/** The same without a score, because the circuit was open. */
export function aBlindRecord(changes: Partial<TransactionRecord> = {}): TransactionRecord {
  return aRecord({
    scored: false,
    risk_score: null,
    risk_level: 'unknown',
    reasons: [],
    model: null,
    decision_source: 'fallback',
    circuit_state: 'open',
    fallback: { reason_code: 'CIRCUIT_OPEN', policy: 'fail_open' },
    ...changes,
  });
}

/** A later score of 0.97, which would have blocked. */
export const FLIP: TransactionRecord['amendments'][number] = {
  at: '2026-11-24T10:00:31.000Z',
  old: 'approve',
  new: 'block',
  score: 0.97,
  risk_level: 'critical',
  reason: 'CIRCUIT_OPEN',
  reasons: [{ code: 'AMOUNT', message: 'amount is worth 990.00 USD', contribution: 5.2 }],
  model: { name: 'sentinel-gbdt', version: '2.0.0' },
  degraded: [],
  budget: null,
};

/** A review that waits, with some of it changed. */
export function aReview(changes: Partial<NonNullable<TransactionRecord['review']>> = {}): NonNullable<TransactionRecord['review']> {
  return {
    state: 'open',
    reason: 'verdict',
    since: '2026-11-24T10:00:01.000Z',
    amount_reference_minor: 15_050,
    claimed_by: null,
    claimed_at: null,
    claim_until: null,
    decision: null,
    note: null,
    decided_by: null,
    decided_at: null,
    undo_until: null,
    history: [],
    ...changes,
  };
}
