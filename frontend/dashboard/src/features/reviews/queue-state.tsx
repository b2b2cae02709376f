'use client';

import { Button } from '@/components/ui/button';
import { Loading, NotAvailable, Notice } from '@/components/ui/notice';
import { writeAddress } from '@/lib/address';
import { isUnknownId } from '@/lib/problem';
import type { Part, useQueue } from './use-queue';
import { EMPTY } from './waiting';
import styles from './reviews.module.css';

const LIST_REM = 50;

/** What stands above the list, or instead of it: how many, still loading, none, one alone, or what failed. */
export function QueueState({ part, queue }: { part: Part; queue: Pick<ReturnType<typeof useQueue>, 'records' | 'nextCursor' | 'error' | 'isPending'> }) {
  const whole = () => writeAddress(new URLSearchParams({ state: part.state }), 'push');
  const { records, error } = queue;
  if (part.id !== null) {
    const isUnknown = isUnknownId(error);
    return (
      <>
        <Notice>
          {isUnknown ? `${part.id} never waited for anybody.` : 'This one alone.'} <Button onClick={whole}>Show the whole queue</Button>
        </Notice>
        {error && !isUnknown && <NotAvailable error={error} />}
        {queue.isPending && <Loading heightRem={8} />}
      </>
    );
  }
  return (
    <>
      {error && <NotAvailable error={error} />}
      {error && part.cursor !== null && <Button onClick={whole}>Most at stake</Button>}
      {queue.isPending && <Loading heightRem={LIST_REM} />}
      {records?.length === 0 && <Notice>{part.cursor === null ? EMPTY[part.state] : 'Nothing is left on this page.'}</Notice>}
      {records && records.length > 0 && (
        <p className={`small muted ${styles.count}`}>
          {records.length} {records.length === 1 ? 'review' : 'reviews'}
          {queue.nextCursor ? ' on this page, and more' : ''}, what is at stake first
        </p>
      )}
    </>
  );
}
