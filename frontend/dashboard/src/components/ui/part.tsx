'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { timeOfDay } from '@/lib/format';
import { toPart } from '@/lib/part';
import { usePageState } from '@/lib/use-page-state';
import { Boundary } from './boundary';
import { Card } from './card';
import { Loading, NotAvailable } from './notice';

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
  if (part.kind === 'loading') return <Loading heightRem={heightRem} />;
  if (part.kind !== 'shown') {
    return <Card title={title}>{part.kind === 'failed' ? <NotAvailable error={part.error} /> : <p className="muted">Not known yet.</p>}</Card>;
  }
  return (
    <>
      {part.error && (
        <div>
          <NotAvailable error={part.error} />
          <p className="muted small">What follows is from {timeOfDay(query.dataUpdatedAt)}.</p>
        </div>
      )}
      <Boundary of={part.data}>
        <Filled data={part.data} isOld={part.isOld} render={children} />
      </Boundary>
    </>
  );
}

/** Within the boundary, so that it also holds back what breaks in `render` itself. */
function Filled<T>({ data, isOld, render }: { data: T; isOld: boolean; render: (data: T, isOld: boolean) => ReactNode }) {
  return render(data, isOld);
}
