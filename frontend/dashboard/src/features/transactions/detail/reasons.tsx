import { BarChart } from '@/components/charts/bar-chart';
import type { TransactionRecord } from '@/lib/api/transactions';
import { capital } from '@/lib/record/words';
import styles from './detail.module.css';
import { weighed } from './weighed';

const logOdds = (value: number) => `${value > 0 ? '+' : ''}${value.toFixed(2)}`;

/** Why: what a list said, and what raised or lowered the score. Of the newest later score where the verdict had none. */
export function Reasons({ record }: { record: TransactionRecord }) {
  const { reasons, isLater } = weighed(record);
  const spoken = reasons.filter((reason) => reason.contribution === 0);
  const bars = reasons.filter((reason) => reason.contribution !== 0).map(({ message, contribution }) => ({ name: capital(message), value: contribution }));
  if (reasons.length === 0) return null;
  const raising = bars.filter((bar) => bar.value > 0).length;
  return (
    <section aria-labelledby="reasons">
      <h3 id="reasons">{isLater ? 'Reasons of the later score' : 'Reasons'}</h3>
      {spoken.map((reason) => (
        <p key={reason.code}>{capital(reason.message)}.</p>
      ))}
      {bars.length > 0 && (
        <div className={styles.bars}>
          <p className="small muted">Log-odds: to the right raises the risk, to the left lowers it.</p>
          <BarChart
            name="Reasons"
            summary={`Reasons of the score in log-odds: ${raising} raised the risk, ${bars.length - raising} lowered it. First: ${bars[0]?.name}, ${logOdds(bars[0]?.value ?? 0)}.`}
            bars={bars}
            format={logOdds}
            head={['Reason', 'Log-odds']}
          />
        </div>
      )}
    </section>
  );
}
