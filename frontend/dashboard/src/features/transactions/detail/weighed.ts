import type { TransactionRecord } from '@/lib/api/transactions';

type Model = TransactionRecord['model'];

/** One score of a transaction. `risk` null: there is none yet. */
export interface Weighed {
  /** When it came, as the gateway wrote it. */
  at: string;
  risk: number | null;
  level: TransactionRecord['risk_level'];
  model: Model;
  reasons: TransactionRecord['reasons'];
  /** What held the model back, in the verdict or in what the later score would have led to. */
  budget: TransactionRecord['budget'];
  /** What was decided with it, or would have been. */
  decision: TransactionRecord['decision'];
  isLater: boolean;
}

/** All scores, the newest first: that one counts for a reader. What a list said stays with each, whoever scored. */
export function scoresOf(record: TransactionRecord): Weighed[] {
  const said = record.reasons.filter(({ contribution }) => contribution === 0);
  const later = record.amendments.map((one) => ({
    at: one.at,
    risk: one.score,
    level: one.risk_level,
    model: one.model,
    reasons: [...said, ...one.reasons.filter((reason) => !said.some(({ code }) => code === reason.code))],
    budget: one.budget,
    decision: one.new,
    isLater: true,
  }));
  return [...later.reverse(), ...(record.scored ? [ofVerdict(record)] : [])];
}

/** The score that counts: the newest, or none yet. */
export function weighed(record: TransactionRecord): Weighed {
  return scoresOf(record)[0] ?? ofVerdict(record);
}

function ofVerdict(record: TransactionRecord): Weighed {
  const { created_at: at, risk_score: risk, risk_level: level, model, reasons, budget, decision } = record;
  return { at, risk, level, model, reasons, budget, decision, isLater: false };
}
