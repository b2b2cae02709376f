import type { Alert } from '@/lib/api/alerts';
import type { CircuitStatus } from '@/lib/api/circuit';
import type { Health } from '@/lib/api/health';
import type { LedgerStatus } from '@/lib/api/ledger';
import type { Budgets, ModelBudget, ModelOutcomes, ModelRoles } from '@/lib/api/models';
import type { Traffic } from '@/lib/api/stats';
import type { Condition } from '@/lib/status-words';

/** Answers of a gateway that is well, for tests; each says only what is different. */

const AT = '2026-11-24T10:00:00.000Z';

export function aCircuit(different: Partial<CircuitStatus> = {}): CircuitStatus {
  const state = different.state ?? 'closed';
  return {
    state,
    fleet_state: state,
    failures: 0,
    fail_max: 3,
    reset_timeout_s: 30,
    retry_after_ms: 0,
    scorer_reachable: true,
    last_failure: null,
    changes: [],
    brains: [{ address: 'brain:50051', reach: 'live', is_suspect: false, is_distrusted: false, waiting: 2, answered: 1204 }],
    instances: [{ instance: 'gateway:1', state, failures: 0, seen_at: AT }],
    health: aStatus(),
    ...different,
  };
}

export function aStatus(...conditions: Condition[]): CircuitStatus['health'] {
  return { status: conditions.length > 0 ? 'degraded' : 'healthy', summary: '', conditions };
}

export function aCondition(code: Condition['code'], title: string, different: Partial<Condition> = {}): Condition {
  return { code, severity: 'degraded', title, message: `${title}.`, since: AT, figures: {}, ...different };
}

export function aHealth(different: Partial<Health> = {}): Health {
  return {
    ...aStatus(),
    service: 'sentinel-gateway',
    version: '0.2.0',
    instance: 'gateway:1',
    uptime_s: 3_600,
    services: { brain: { status: 'up', circuit: 'closed' }, ledger: { status: 'up', since: AT } },
    scorer: { last_score_at: AT, seconds_since: 0.1, last_canary_at: AT, blind_share_1m: 0, degraded_share_1m: 0, is_blind: false },
    policy: { version: 'abc', loaded_at: AT, error: null },
    lists: { entries: 0, as_of: AT },
    clock: { skew_ms: 0, is_wrong: false },
    ...different,
  };
}

export function aLedger(different: Partial<LedgerStatus> = {}): LedgerStatus {
  return {
    status: 'up',
    acknowledged: 24_957,
    committed: 24_957,
    counted_at: AT,
    is_exact: true,
    pending: 0,
    oldest_pending_s: null,
    lost: 0,
    lost_records: [],
    conflicts: 0,
    rescore_backlog: { count: 0, oldest_at: null },
    poison: 0,
    poison_records: [],
    circuit: { state: 'closed', failures: 0, fail_max: 3, retry_after_ms: 0 },
    journal: { available: true, pending: 0, remembered: 0, lost: 0, free_bytes: 1e9 },
    ...different,
  };
}

export function aTraffic(different: Partial<Traffic> = {}): Traffic {
  const latency_ms = { p50: 4.2, p95: 9.1, p99: 30 };
  return {
    at: AT,
    bucket_s: 2,
    known_from: '2026-11-01T00:00:00.000Z',
    instances: 1,
    is_whole: true,
    last_10s: { per_s: { approve: 38, review: 1.5, block: 0.7, blind: 0, failed: 0, degraded: 0 }, latency_ms },
    buckets: Array.from({ length: 120 }, (_, i) => ({
      at: new Date(Date.parse(AT) - (120 - i) * 2_000).toISOString(),
      counts: { approve: 76, review: 3, block: 1, blind: 0, failed: 0, degraded: 0 },
      latency_ms,
    })),
    scores: { edges: [0.5], counts: [70, 10] },
    ...different,
  };
}

export function anAlert(kind: Alert['kind'], data: Alert['data']): Alert {
  return { webhook_id: `msg_${kind}`, kind, key: 'key', data, at: AT, state: 'unsent', attempts: 0, next_at: null, last_error: null, folded: 0, ended_at: AT };
}

export function aModelBudget(different: Partial<ModelBudget> = {}): ModelBudget {
  return {
    name: 'sentinel-gbdt',
    version: '2.0.0',
    may_block: false,
    own_labels: false,
    follows: false,
    payments: 0,
    review: { in_force: 0.0799, own: 0.0799 },
    block: { in_force: 0.4476, own: 0.4476 },
    would_have: { payments: 0, reviewed: 0, blocked: 0 },
    ...different,
  };
}

export function someBudgets(different: Partial<Budgets> = {}): Budgets {
  return { review_share: 0.02, payments_min: 1_000, decline_cap: { share: 0.002, used: 0, allowed: 5, payments: 0, refused: 0, misfit: null }, let_through: null, models: [aModelBudget()], ...different };
}

export function someOutcomes(different: Partial<ModelOutcomes> = {}): ModelOutcomes {
  const nothing = { known: 0, genuine: 0 };
  return {
    model: { name: 'sentinel-gbdt', version: '2.0.0' },
    labels: 0,
    frauds: 0,
    would_block: { blocked: nothing, reviewed: nothing, approved: nothing, genuine_share: null, false_declines: null },
    calibration: null,
    ...different,
  };
}

/** Nothing was promoted yet. */
export function someRoles(different: Partial<ModelRoles> = {}): ModelRoles {
  return { live: null, shadow: null, live_since: null, shadow_since: null, models: [], changes: [], brains: [], refused: [], candidate: null, ...different };
}
