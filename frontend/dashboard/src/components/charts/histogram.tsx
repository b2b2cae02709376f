'use client';

import { Bar } from '@visx/shape';
import { BottomAxis, LeftAxis, MARGIN_PX, Marks } from './axes';
import styles from './charts.module.css';
import { Frame } from './frame';
import { Legend } from './legend';
import { Plot } from './plot';
import { linear, ticksFromZero } from './scale';
import { useReading } from './use-reading';
import { useWidth } from './use-width';

export interface Series {
  name: string;
  /** One a bin. */
  values: readonly number[];
}

/** Where an edge is named below: after so many bins. */
export interface BinTick {
  at: number;
  text: string;
}

/**
 * Standing bars, one or two a bin: the first filled, the second an outline, so that two distributions can be compared.
 *
 * `bins`: n names (see binNames). `series`: one or two of n values. `ticks` and `marks` stand at a place counted in bins
 * from the left (0 the left edge, 2.5 the middle of the third bin). `summary` is the name of the image.
 */
export function Histogram({
  name,
  summary,
  bins,
  series,
  format,
  ticks,
  marks = [],
  binHead = 'Range',
  heightPx = 180,
}: {
  name: string;
  summary: string;
  bins: readonly string[];
  series: readonly Series[];
  format: (value: number) => string;
  ticks: readonly BinTick[];
  marks?: readonly { at: number; word: string }[];
  binHead?: string;
  heightPx?: number;
}) {
  const [ref, widthPx] = useWidth();
  const [right, bottom] = [Math.max(widthPx - MARGIN_PX.right, MARGIN_PX.left + 1), heightPx - MARGIN_PX.bottom];
  const steps = ticksFromZero(Math.max(...series.flatMap(({ values }) => values), 0) || 1, 4);
  const { toPx: x, toValue: toBin } = linear([0, bins.length], [MARGIN_PX.left, right]);
  const { toPx: y } = linear([0, steps.at(-1) ?? 1], [bottom, MARGIN_PX.top]);
  const { index, toSlider } = useReading(bins, (xPx) => Math.floor(toBin(xPx)));
  const slotPx = (right - MARGIN_PX.left) / Math.max(bins.length, 1);
  const barPx = Math.max((slotPx * 0.84) / series.length, 1);
  const said = (value: number | undefined) => format(value ?? 0);
  const reading = index === null ? null : [bins[index], ...series.map((one) => `${one.name} ${said(one.values[index])}`)].join(', ');

  return (
    <Frame
      name={name}
      reading={reading}
      hint="Point, or use the arrow keys, to read one bar."
      table={() => ({
        head: [binHead, ...series.map((one) => one.name)],
        rows: bins.map((bin, i) => [bin, ...series.map((one) => said(one.values[i]))]),
      })}
    >
      <Legend kind="bar" entries={series.map((one) => ({ name: one.name, ...(index !== null && { text: said(one.values[index]) }) }))} />
      <Plot ref={ref} name={name} summary={summary} heightPx={heightPx} slider={toSlider(reading)}>
        {widthPx > 0 && (
          <>
            <LeftAxis ticks={steps.map((value) => ({ y: y(value), text: format(value) }))} rightPx={right} />
            <BottomAxis ticks={ticks.map(({ at, text }) => ({ x: x(at), text }))} y={bottom} rightPx={right} />
            {index !== null && <rect className={styles.band} x={x(index)} width={slotPx} y={MARGIN_PX.top} height={bottom - MARGIN_PX.top} />}
            {series.map((one, s) =>
              one.values.map((value, i) => (
                <Bar
                  key={`${one.name} ${bins[i]}`}
                  className={styles.bar ?? ''}
                  data-bar={s + 1}
                  x={x(i) + slotPx * 0.08 + s * barPx}
                  width={barPx}
                  y={y(value)}
                  height={bottom - y(value)}
                />
              )),
            )}
            <Marks marks={marks.map(({ at, word }) => ({ x: x(at), word }))} bottomPx={bottom} rightPx={right} />
          </>
        )}
      </Plot>
    </Frame>
  );
}
