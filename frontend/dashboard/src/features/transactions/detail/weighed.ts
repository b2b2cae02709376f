import type { TransactionRecord } from '@/lib/api/transactions';

type Model = TransactionRecord['model'];

/** The score that counts for a reader: the verdict's own, else the newest that came later. `risk` null: there is none yet. */
export interface Weighed {
  risk: number | null;
  level: TransactionRecord['risk_level'];
  model: Model;
  reasons: TransactionRecord['reasons'];
  isLater: boolean;
}

/** What a list said stays, whoever scored. */
export function weighed(record: TransactionRecord): Weighed {
  const { risk_score: risk, risk_level: level, model, reasons, amendments } = record;
  const later = amendments.at(-1);
  if (risk !== null || !later) return { risk, level, model, reasons, isLater: false };
  return {
    risk: later.score,
    level: later.risk_level,
    model: later.model,
    reasons: [...reasons, ...later.reasons.filter((reason) => !reasons.some(({ code }) => code === reason.code))],
    isLater: true,
  };
}
