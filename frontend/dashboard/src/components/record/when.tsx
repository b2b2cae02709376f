import { dayAndTime, timeOfDay } from '@/lib/format';
import styles from './record.module.css';

const DAY = new Intl.DateTimeFormat('en-GB', { day: '2-digit', month: 'short', year: 'numeric' });

/** A time of day with its day below, on the reader's clock; the time zone as a tip. */
export function When({ at }: { at: string }) {
  return (
    <time dateTime={at} title={dayAndTime(at)} className={styles.when}>
      {timeOfDay(at)} <span className="small muted">{DAY.format(new Date(at))}</span>
    </time>
  );
}
