import styles from './charts.module.css';

/** Room around the drawing, in pixels: for the figures at the left and the times below. */
export const MARGIN_PX = { top: 18, right: 10, bottom: 22, left: 44 } as const;

/** Figures at the left, each with a line across. `y` in pixels from the top. */
export function LeftAxis({ ticks, rightPx }: { ticks: readonly { y: number; text: string }[]; rightPx: number }) {
  return ticks.map(({ y, text }) => (
    <g key={y} className={styles.tick}>
      <line x1={MARGIN_PX.left} x2={rightPx} y1={y} y2={y} />
      <text x={MARGIN_PX.left - 6} y={y} dy="0.32em" textAnchor="end">
        {text}
      </text>
    </g>
  ));
}

/** Words below, kept within the drawing. `x` in pixels from the left; `y` is the baseline of the axis. */
export function BottomAxis({ ticks, y, rightPx }: { ticks: readonly { x: number; text: string }[]; y: number; rightPx: number }) {
  return (
    <g className={styles.tick} data-axis="bottom">
      <line x1={MARGIN_PX.left} x2={rightPx} y1={y} y2={y} />
      {ticks.map(({ x, text }) => (
        <text key={x} x={x} y={y + 15} textAnchor={x > rightPx - 24 ? 'end' : 'middle'}>
          {text}
        </text>
      ))}
    </g>
  );
}

const WORD_PX = 60; // about as wide as a word of a mark

/** Lines from top to bottom with a word each. Where two stand too close, the later one has no word of its own. */
export function Marks({ marks, bottomPx, rightPx }: { marks: readonly { x: number; word: string }[]; bottomPx: number; rightPx: number }) {
  const worded = new Set<number>();
  let freeFrom = -Infinity;
  marks.forEach(({ x }, i) => {
    if (x < freeFrom) return;
    worded.add(i);
    freeFrom = x + WORD_PX;
  });
  return marks.map(({ x, word }, i) => (
    <g key={`${x} ${word}`} className={styles.mark}>
      <line x1={x} x2={x} y1={MARGIN_PX.top - 4} y2={bottomPx} />
      {worded.has(i) && (
        <text x={x} y={MARGIN_PX.top - 7} textAnchor={x > rightPx - WORD_PX ? 'end' : 'start'}>
          {word}
        </text>
      )}
    </g>
  ));
}
