import { useId, type ReactNode } from 'react';
import styles from './card.module.css';

/** A named part of the page. `isOld` marks figures that are not renewed any more. `aside` stands at the right of the title. */
export function Card({
  title,
  aside,
  isOld = false,
  children,
}: {
  title: string;
  aside?: ReactNode;
  isOld?: boolean;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={styles.card} data-old={isOld || undefined}>
      <div className={styles.head}>
        <h2 id={id}>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
