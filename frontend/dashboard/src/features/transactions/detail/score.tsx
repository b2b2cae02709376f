'use client';

import { useQuery } from '@tanstack/react-query';
import { Loading } from '@/components/ui/notice';
import { thresholdsQuery, type Limits } from '@/lib/api/thresholds';
import type { TransactionRecord } from '@/lib/api/transactions';
import { dayAndTime, score } from '@/lib/format';
import { budgetSentence } from '@/lib/record/budget';
import { blindReason, capital, policyWords } from '@/lib/record/words';
import { bands, bandsInForce, edge, type Band } from './bands';
import styles from './detail.module.css';
import { weighed } from './weighed';

const SCALE_REM = 3;

/** The score, drawn among its model's thresholds; and where the verdict had none, why, and which policy decided. */
export function Score({ record }: { record: TransactionRecord }) {
  const { at, risk, level, model, budget, decision, isLater } = weighed(record);
  const { data: known, isError: isUnknown } = useQuery(thresholdsQuery);
  const limits = model ? known?.[`${model.name} ${model.version}`] : undefined;
  const parts = scale(record, limits);
  return (
    <section aria-label="Score">
      {!record.scored && record.fallback && (
        <p>
          <strong>Unscored.</strong> {capital(blindReason(record.fallback.reason_code))}. Decided by the blind policy:{' '}
          {policyWords(record.fallback.policy)}.
        </p>
      )}
      {risk === null ? (
        <p className="muted">No score has come later yet.</p>
      ) : (
        <p>
          {isLater && 'Scored later: '}
          <strong className={styles.figure}>{score(risk)}</strong> {level} risk{isLater && `, ${dayAndTime(at)}`}
        </p>
      )}
      {budget && <p>{budgetSentence(budget, decision)}</p>}
      {risk !== null && !parts && !known && !isUnknown && <Loading heightRem={SCALE_REM} />}
      {risk !== null && parts && <Scale risk={risk} parts={parts} />}
      {risk !== null && known && !parts && (
        <p className="small muted">Its model answers no more, so its thresholds are not known.</p>
      )}
    </section>
  );
}

/** By the thresholds that were in force; by those of the model in records from before there were any on record. */
function scale(record: TransactionRecord, limits: Limits | undefined): Band[] | null {
  const { thresholds, budget, decision } = record;
  if (!thresholds) return limits ? bands(limits.thresholds) : null;
  const hasBlocked = decision === 'block' && record.decision_source === 'model';
  return bandsInForce(thresholds, budget?.name === 'may_block' ? false : hasBlocked || budget?.name === 'decline_cap' ? true : (limits?.mayBlock ?? null));
}

function Scale({ risk, parts }: { risk: number; parts: readonly Band[] }) {
  return (
    <div className={styles.scale}>
      <div aria-hidden="true" className={styles.bands}>
        {parts.map((part) => (
          <span key={part.level} data-tone={part.tone} style={{ width: `${(part.to - part.from) * 100}%` }} />
        ))}
        <span className={styles.needle} style={{ left: `${risk * 100}%` }} />
      </div>
      <ul className={styles.thresholds}>
        {parts.map((part) => (
          <li key={part.level} className="small muted figures">
            {part.level} from {edge(part.from)} ({part.outcome})
          </li>
        ))}
      </ul>
    </div>
  );
}
