import type { ReactNode, Ref } from 'react';
import styles from './table-region.module.css';

/**
 * A table that scrolls by itself where the page is narrow, with the keyboard as well. `name` names it for those who hear
 * the page; `isBusy`: other rows are on their way.
 */
export function TableRegion({
  name,
  isBusy = false,
  ref,
  children,
}: {
  name: string;
  isBusy?: boolean;
  ref?: Ref<HTMLDivElement>;
  children: ReactNode;
}) {
  return (
    <div ref={ref} role="region" aria-label={name} aria-busy={isBusy} tabIndex={0} className={styles.region}>
      <table>{children}</table>
    </div>
  );
}
