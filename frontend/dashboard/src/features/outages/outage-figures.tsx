import { Card } from '@/components/ui/card';
import { amount, count, shareOf } from '@/lib/format';
import styles from './outages.module.css';
import { allOf, isJudged, type Figures } from './story';

const UNKNOWN = 'not known yet';

/** Everything that was counted, each figure with what it means. */
export function OutageFigures({ figures, isOld }: { figures: Figures; isOld: boolean }) {
  return (
    <Card title="Figures" isOld={isOld}>
      <dl className={styles.figures}>
        {toRows(figures).map(({ name, value, note }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className={styles.value}>{value}</dd>
            <dd className="muted small">{note}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

/** What always counts, then what happens seldom and is shown when it did. */
export function toRows(figures: Figures): { name: string; value: string; note: string }[] {
  const { blind, degraded, suspect, approved, rescored, flipped, open, unscorable, unpriced, currency } = figures;
  const all = allOf(figures);
  const isKnown = isJudged(figures);
  const rows = [
    { name: 'Unscored', value: count(blind), note: 'verdicts given without a score' },
    { name: 'Approved', value: count(approved), note: 'of the unscored ones' },
    { name: 'Exposed', value: amount(figures.amount_exposed, currency), note: 'worth of what was approved unscored' },
    { name: 'Without history', value: count(degraded), note: 'verdicts whose score was made without it' },
    { name: 'Scored since', value: count(rescored), note: all > 0 ? `${shareOf(rescored, all)} of all` : 'there was nothing to score again' },
    { name: 'Would differ', value: isKnown ? count(flipped) : UNKNOWN, note: 'the later score decides otherwise, either way' },
    { name: 'Worth of these', value: isKnown ? amount(figures.amount_flipped, currency) : UNKNOWN, note: 'whatever was decided first' },
    { name: 'To be scored', value: count(open), note: 'nothing of these is forgotten' },
  ];
  const seldom = [
    { n: suspect, name: 'Suspect', note: 'an unhealthy brain gave their score' },
    { n: unscorable, name: 'Given up', note: 'no score can be had' },
    { n: unpriced, name: 'Without a rate', note: 'approved, and not in what is exposed' },
  ];
  return [...rows, ...seldom.filter(({ n }) => n > 0).map(({ n, name, note }) => ({ name, value: count(n), note }))];
}
