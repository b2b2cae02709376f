import { When } from '@/components/record/when';
import type { TransactionRecord } from '@/lib/api/transactions';
import { toTimeline } from '@/lib/record/timeline';
import styles from './detail.module.css';

/** What happened to it, oldest first. */
export function Timeline({ record }: { record: TransactionRecord }) {
  return (
    <section aria-labelledby="timeline">
      <h3 id="timeline">What happened</h3>
      <ol className={styles.timeline}>
        {toTimeline(record).map((one, i) => (
          <li key={`${i} ${one.at}`} data-tone={one.tone}>
            <When at={one.at} />
            <span>{one.text}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
