'use client';

import styles from './charts.module.css';
import { Frame } from './frame';
import { linear } from './scale';

export interface NamedValue {
  name: string;
  value: number;
}

/**
 * Bars from left to right, one below the other, each with its name above it. Negative ones go to the left of the common
 * zero line. For figures whose names are sentences, as the reasons of a score.
 *
 * `summary` is the name of the image; `head` names the two columns of the table; `format` writes a value.
 */
export function BarChart({
  name,
  summary,
  bars,
  format,
  head,
}: {
  name: string;
  summary: string;
  bars: readonly NamedValue[];
  format: (value: number) => string;
  head: readonly [string, string];
}) {
  const values = bars.map(({ value }) => value);
  const least = Math.min(0, ...values);
  const most = Math.max(0, ...values);
  const { toPx: share } = linear([least, least === most ? least + 1 : most], [0, 100]);
  return (
    <Frame name={name} reading={null} hint="" table={() => ({ head, rows: bars.map((bar) => [bar.name, format(bar.value)]) })}>
      <div role="img" aria-label={summary} className={styles.bars}>
        {bars.map((bar, i) => (
          <div key={`${i} ${bar.name}`} className={styles.barRow}>
            <span>{bar.name}</span>
            <span className={styles.barValue}>{format(bar.value)}</span>
            <span className={styles.track}>
              <span
                className={styles.fill}
                data-sign={bar.value < 0 ? 'minus' : 'plus'}
                style={{ left: `${share(Math.min(0, bar.value))}%`, width: `${Math.abs(share(bar.value) - share(0))}%` }}
              />
              <span className={styles.zero} style={{ left: `${share(0)}%` }} />
            </span>
          </div>
        ))}
      </div>
    </Frame>
  );
}
