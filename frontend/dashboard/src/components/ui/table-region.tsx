import type { ComponentProps } from 'react';
import styles from './table-region.module.css';

/**
 * A table that scrolls by itself where the page is narrow, with the keyboard as well. `name` names it for those who hear
 * the page; `isBusy`: other rows are on their way; `look`: a class for the table. Handlers are of the region.
 */
export function TableRegion({
  name,
  isBusy = false,
  look,
  children,
  ...rest
}: { name: string; isBusy?: boolean; look?: string | undefined } & Omit<ComponentProps<'div'>, 'className' | 'role' | 'tabIndex'>) {
  return (
    <div {...rest} role="region" aria-label={name} aria-busy={isBusy} tabIndex={0} className={styles.region}>
      <table className={look}>{children}</table>
    </div>
  );
}
