'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { toPart } from '@/lib/part';
import { usePageState } from '@/lib/use-page-state';
import { Card } from './card';
import { Instead, Late, Shown } from './part-words';

/**
 * What one answer fills, in whatever state that answer is. `children` make its cards, and are told whether what they show
 * is of a time that is gone. `title` names the card that stands there instead while there is nothing; `heightRem`: about as
 * tall as what will come.
 */
export function Part<T>({
  title,
  query,
  heightRem,
  children,
}: {
  title: string;
  query: UseQueryResult<T>;
  heightRem: number;
  children: (data: T, isOld: boolean) => ReactNode;
}) {
  const part = toPart(query, usePageState());
  if (part.kind === 'loading') return <Instead part={part} heightRem={heightRem} />;
  if (part.kind !== 'shown') {
    return (
      <Card title={title}>
        <Instead part={part} heightRem={heightRem} />
      </Card>
    );
  }
  return (
    <>
      <Late part={part} atMs={query.dataUpdatedAt} />
      <Shown part={part} render={children} />
    </>
  );
}
