import { useId } from 'react';
import { BarChart } from '@/components/charts/bar-chart';
import { score, timeOfDay } from '@/lib/format';
import { capital } from '@/lib/record/words';
import styles from './detail.module.css';
import { BASELINE, sumOf } from './sum';
import type { Weighed } from './weighed';

const logOdds = (value: number) => `${value > 0 ? '+' : ''}${value.toFixed(2)}`;

/** Why: what a list said, and what the score is made of, from the baseline to the sum, on one scale. */
export function Reasons({ of: { at, reasons, risk, isLater }, isEarlier = false }: { of: Weighed; isEarlier?: boolean }) {
  const id = useId();
  const spoken = reasons.filter((reason) => reason.contribution === 0);
  const weighing = reasons.filter((reason) => reason.contribution !== 0);
  if (reasons.length === 0) return null;
  const raising = weighing.filter((reason) => reason.contribution > 0).length;
  const sum = sumOf(risk, weighing.map(({ contribution }) => contribution));
  const bars = weighing.map(({ message, contribution }) => ({ name: capital(message), value: contribution }));
  const total = `Together: the score, ${score(risk)}`;
  const title = isEarlier ? `Reasons of the score at ${timeOfDay(at)}` : isLater ? 'Reasons of the later score' : 'Reasons';
  return (
    <section aria-labelledby={id}>
      <h3 id={id}>{title}</h3>
      {spoken.map((reason) => (
        <p key={reason.code}>{capital(reason.message)}.</p>
      ))}
      {bars.length > 0 && (
        <div className={styles.bars}>
          <p className="small muted">
            Log-odds: to the right raises the risk, to the left lowers it.{sum && ' All bars but the last add up to the last.'}
          </p>
          <BarChart
            name={title}
            summary={`${title}${title === 'Reasons' ? ' of the score' : ''} in log-odds: ${raising} raised the risk, ${bars.length - raising} lowered it. First: ${bars[0]?.name}, ${logOdds(bars[0]?.value ?? 0)}.${sum ? ` Baseline ${logOdds(sum.baseline)}, together ${logOdds(sum.total)}.` : ''}`}
            bars={sum ? [{ name: BASELINE, value: sum.baseline }, ...bars, { name: total, value: sum.total }] : bars}
            format={logOdds}
            head={['Reason', 'Log-odds']}
          />
        </div>
      )}
    </section>
  );
}
