'use client';

import { useQuery } from '@tanstack/react-query';
import { thresholdsQuery } from '@/lib/api/thresholds';
import type { TransactionRecord } from '@/lib/api/transactions';
import { score } from '@/lib/format';
import { blindReason, capital, policyWords } from '@/lib/record/words';
import styles from './detail.module.css';
import { bands, type Band } from './bands';

/** The score that counts: the verdict's own, else the newest that came later. Drawn among its model's thresholds. */
export function Score({ record }: { record: TransactionRecord }) {
  const later = record.amendments.at(-1);
  const own = record.risk_score === null ? null : { risk: record.risk_score, level: record.risk_level, model: record.model };
  const shown = own ?? (later ? { risk: later.score, level: later.risk_level, model: later.model } : null);
  const known = useQuery(thresholdsQuery).data;
  const thresholds = shown?.model ? known?.[`${shown.model.name} ${shown.model.version}`] : undefined;
  return (
    <section aria-label="Score">
      {!record.scored && record.fallback && (
        <p>
          <strong>Unscored.</strong> {capital(blindReason(record.fallback.reason_code))}. Decided by the blind policy:{' '}
          {policyWords(record.fallback.policy)}.
        </p>
      )}
      {shown && (
        <>
          <p>
            {own ? '' : 'Scored later: '}
            <strong className={styles.figure}>{score(shown.risk)}</strong> {shown.level} risk
          </p>
          {thresholds ? (
            <Scale risk={shown.risk} parts={bands(thresholds)} />
          ) : (
            known && <p className="small muted">Its model answers no more, so its thresholds are not known.</p>
          )}
        </>
      )}
    </section>
  );
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
            {part.level} from {part.from} ({part.outcome})
          </li>
        ))}
      </ul>
    </div>
  );
}
