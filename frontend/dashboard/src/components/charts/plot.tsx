import type { HTMLAttributes, ReactNode, Ref } from 'react';
import styles from './charts.module.css';

/**
 * A drawing, and over it what reads it point by point. The drawing's name tells its figures and changes with them; the
 * slider's does not, so that nothing is said again under the focus. `ref` gets the element whose width is the drawing's.
 */
export function Plot({
  ref,
  name,
  summary,
  heightPx,
  slider,
  children,
}: {
  ref: Ref<HTMLDivElement>;
  name: string;
  summary: string;
  heightPx: number;
  slider: HTMLAttributes<HTMLElement>;
  children: ReactNode;
}) {
  return (
    <div ref={ref} className={styles.plot} style={{ height: heightPx }}>
      <svg role="img" aria-label={summary} width="100%" height={heightPx} className={styles.drawing}>
        {children}
      </svg>
      <div aria-label={`${name}, point by point`} className={styles.reader} {...slider} />
    </div>
  );
}
