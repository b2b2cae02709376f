'use client';

import { LinePath } from '@visx/shape';
import { timeOfDay } from '@/lib/format';
import { BottomAxis, LeftAxis, MARGIN_PX, Marks } from './axes';
import styles from './charts.module.css';
import { Frame } from './frame';
import { Legend } from './legend';
import { Plot } from './plot';
import { linear, ticksFromZero } from './scale';
import { timeTicks } from './ticks';
import { useReading } from './use-reading';
import { useWidth } from './use-width';

export interface Line {
  name: string;
  /** One a time; null where nothing was measured, which is a gap and never a zero. */
  values: readonly (number | null)[];
}

export interface Mark {
  atMs: number;
  word: string;
}

const STILL_PX = 110; // the least room for one time below

/**
 * Up to five lines over time: solid, dashed, dotted, dash-dotted, long-dashed, in that order.
 *
 * `name` is short ("Verdicts per second"), `summary` one sentence that says what a look at the chart says; it is the name
 * of the image. `timesMs`: n times, ascending, milliseconds since the epoch. `lines`: up to 5 of n values. `marks`: what
 * happened when, a line from top to bottom with a word. `leastTop`: the scale goes at least so high, so that noise around
 * nothing does not look like a storm. `missing`: what a value that is null is called. `pointOf`: what one point is of, "2 s".
 */
export function LineChart({
  name,
  summary,
  timesMs,
  lines,
  format,
  marks = [],
  heightPx = 180,
  leastTop = 1,
  missing = 'none',
  pointOf,
}: {
  name: string;
  summary: string;
  timesMs: readonly number[];
  lines: readonly Line[];
  format: (value: number) => string;
  marks?: readonly Mark[];
  heightPx?: number;
  leastTop?: number;
  missing?: string;
  pointOf: string;
}) {
  const [ref, widthPx] = useWidth();
  const from = timesMs[0] ?? 0;
  const until = timesMs.at(-1) ?? 0;
  const [right, bottom] = [Math.max(widthPx - MARGIN_PX.right, MARGIN_PX.left + 1), heightPx - MARGIN_PX.bottom];
  const steps = ticksFromZero(Math.max(leastTop, ...lines.flatMap(({ values }) => values.map((value) => value ?? 0))), 4);
  const { toPx: x, toValue: toTime } = linear([from, until], [MARGIN_PX.left, right]);
  const { toPx: y } = linear([0, steps.at(-1) ?? 1], [bottom, MARGIN_PX.top]);
  const { index, toSlider } = useReading(timesMs, (xPx) => nearest(timesMs, toTime(xPx)));

  const seen = marks.filter(({ atMs }) => atMs >= from && atMs <= until);
  const said = (value: number | null | undefined) => (typeof value === 'number' ? format(value) : missing);
  const wordsAt = (i: number) => seen.filter(({ atMs }) => nearest(timesMs, atMs) === i).map(({ word }) => word);
  const reading =
    index === null
      ? null
      : [timeOfDay(timesMs[index] ?? 0), ...lines.map((line) => `${line.name} ${said(line.values[index])}`), ...wordsAt(index)].join(', ');

  return (
    <Frame
      name={name}
      reading={reading}
      hint={`One point is ${pointOf}. Point, or use the arrow keys, to read one time.`}
      table={() => ({
        head: ['Time', ...lines.map((line) => line.name), ...(seen.length ? ['Event'] : [])],
        rows: timesMs
          .map((at, i) => [timeOfDay(at), ...lines.map((line) => said(line.values[i])), ...(seen.length ? [wordsAt(i).join(', ')] : [])])
          .reverse(),
      })}
    >
      <Legend
        of={index === null ? `Newest ${pointOf}` : `${timeOfDay(timesMs[index] ?? 0)}, ${pointOf}`}
        entries={lines.map((line) => ({ name: line.name, text: said(line.values[index ?? line.values.length - 1]) }))}
      />
      <Plot ref={ref} name={name} summary={summary} heightPx={heightPx} slider={toSlider(reading)}>
        {widthPx > 0 && (
          <>
            <LeftAxis ticks={steps.map((value) => ({ y: y(value), text: format(value) }))} rightPx={right} />
            <BottomAxis
              ticks={timeTicks(from, until, Math.floor((right - MARGIN_PX.left) / STILL_PX)).map(({ atMs, text }) => ({ x: x(atMs), text }))}
              y={bottom}
              rightPx={right}
            />
            <Marks marks={seen.map(({ atMs, word }) => ({ x: x(atMs), word }))} bottomPx={bottom} rightPx={right} />
            {lines.map((line, i) => (
              <LinePath
                key={line.name}
                data={[...line.values]}
                x={(_, at) => x(timesMs[at] ?? 0)}
                y={(value) => y(value ?? 0)}
                defined={(value) => value !== null}
                className={styles.line ?? ''}
                data-line={i + 1}
              />
            ))}
            {index !== null && (
              <g>
                <line className={styles.cursor} x1={x(timesMs[index] ?? 0)} x2={x(timesMs[index] ?? 0)} y1={MARGIN_PX.top} y2={bottom} />
                {lines.map((line, i) => {
                  const value = line.values[index] ?? null;
                  return value === null ? null : (
                    <circle key={line.name} className={styles.point} data-line={i + 1} cx={x(timesMs[index] ?? 0)} cy={y(value)} r={3.5} />
                  );
                })}
              </g>
            )}
          </>
        )}
      </Plot>
    </Frame>
  );
}

function nearest(timesMs: readonly number[], wantedMs: number): number {
  let best = 0;
  timesMs.forEach((at, i) => {
    if (Math.abs(at - wantedMs) < Math.abs((timesMs[best] ?? Infinity) - wantedMs)) best = i;
  });
  return best;
}
