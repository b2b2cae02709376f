'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Loading, NotAvailable, Notice } from '@/components/ui/notice';
import { outagesQuery } from '@/lib/api/outages';
import { useConnection } from '@/lib/connection';
import { useNow } from '@/lib/now';
import { usePolled } from '@/lib/polling';
import { OutageStrip } from './outage-strip';
import { OutageTable } from './outage-table';
import styles from './outages.module.css';

/** All outages on record: lately as a strip, and as a table that goes back page by page. */
export function OutageOverview() {
  const [cursors, setCursors] = useState<readonly string[]>([]); // of the pages that were gone through
  const newest = usePolled(outagesQuery(null));
  const page = usePolled(outagesQuery(cursors.at(-1) ?? null));
  const nowMs = useNow();
  const { isOld } = useConnection();
  return (
    <div className={styles.page}>
      <h1>Outages</h1>
      {newest.data && nowMs > 0 ? (
        <OutageStrip outages={newest.data.outages} isCut={newest.data.next_cursor !== null} nowMs={nowMs} isOld={isOld} />
      ) : (
        newest.isPending && <Loading heightRem={9} />
      )}
      <Card title="On record" isOld={isOld}>
        {page.data ? (
          <>
            {page.data.outages.length > 0 ? (
              <OutageTable outages={page.data.outages} nowMs={nowMs} isOld={isOld} />
            ) : (
              <Notice>{cursors.length > 0 ? 'No older outage.' : 'No outage on record: every verdict was scored.'}</Notice>
            )}
            <Pages cursors={cursors} next={page.data.next_cursor} isBusy={page.isPlaceholderData} onTurn={setCursors} />
          </>
        ) : page.error ? (
          <NotAvailable error={page.error} />
        ) : (
          <Loading heightRem={16} />
        )}
      </Card>
    </div>
  );
}

function Pages({
  cursors,
  next,
  isBusy,
  onTurn,
}: {
  cursors: readonly string[];
  next: string | null;
  isBusy: boolean;
  onTurn: (cursors: readonly string[]) => void;
}) {
  if (cursors.length === 0 && next === null) return null;
  return (
    <nav aria-label="Pages of outages" className={styles.pages}>
      <Button disabled={cursors.length === 0 || isBusy} onClick={() => onTurn(cursors.slice(0, -1))}>
        Newer
      </Button>
      <Button disabled={next === null || isBusy} onClick={() => next !== null && onTurn([...cursors, next])}>
        Older
      </Button>
    </nav>
  );
}
