import type { TransactionRecord } from '@/lib/api/transactions';

type Model = TransactionRecord['model'];

/** The score that counts for a reader: the verdict's own, else the newest that came later. `risk` null: there is none yet. */
export interface Weighed {
  risk: number | null;
  level: TransactionRecord['risk_level'];
  model: Model;
  reasons: TransactionRecord['reasons'];
  /** What held the model back, in the verdict or in what the later score would have led to. */
  budget: TransactionRecord['budget'];
  decision: TransactionRecord['decision'];
  isLater: boolean;
}

/** What a list said stays, whoever scored. */
export function weighed(record: TransactionRecord): Weighed {
  const { risk_score: risk, risk_level: level, model, reasons, amendments, budget, decision } = record;
  const later = amendments.at(-1);
  if (risk !== null || !later) return { risk, level, model, reasons, budget, decision, isLater: false };
  return {
    risk: later.score,
    level: later.risk_level,
    model: later.model,
    reasons: [...reasons, ...later.reasons.filter((reason) => !reasons.some(({ code }) => code === reason.code))],
    budget: later.budget,
    decision: later.new,
    isLater: true,
  };
}
