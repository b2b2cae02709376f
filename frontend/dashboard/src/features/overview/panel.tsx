import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Card } from '@/components/ui/card';
import { Instead, Late, Shown } from '@/components/ui/part-words';
import { toPart, type PageState } from '@/lib/part';
import styles from './overview.module.css';

/**
 * A card of one answer's figures, in whatever state that answer is. `heightRem`: what its content takes at least, in every
 * state, so that nothing below it moves. `aside` stands beside the title once there are figures.
 */
export function Panel<T>({
  title,
  query,
  page,
  heightRem,
  aside,
  children,
}: {
  title: string;
  query: UseQueryResult<T>;
  page: PageState;
  heightRem: number;
  aside?: (data: T, isOld: boolean) => ReactNode;
  children: (data: T, isOld: boolean) => ReactNode;
}) {
  const part = toPart(query, page);
  const isOld = page.isOld || (part.kind === 'shown' && part.isOld);
  return (
    <Card
      title={title}
      isOld={isOld}
      aside={<div className={styles.aside}>{part.kind === 'shown' && aside?.(part.data, part.isOld)}</div>}
    >
      <div className={styles.part} data-old={isOld || undefined} style={{ minHeight: `${heightRem}rem` }}>
        <Instead part={part} heightRem={heightRem} />
        <Late part={part} atMs={query.dataUpdatedAt} />
        <Shown part={part} render={children} />
      </div>
    </Card>
  );
}
