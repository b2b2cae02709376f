'use client';

import { useSearchParams } from 'next/navigation';
import { useRef } from 'react';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Loading, NotAvailable, Notice } from '@/components/ui/notice';
import { Paging } from '@/components/ui/paging';
import { ApiProblem } from '@/lib/api/client';
import { outagesQuery } from '@/lib/api/outages';
import { useConnection } from '@/lib/connection';
import { useNow } from '@/lib/now';
import { pageSteps } from '@/lib/paging';
import { usePolled } from '@/lib/polling';
import { OutageStrip } from './outage-strip';
import { OutageTable } from './outage-table';
import styles from './outages.module.css';

/** All outages on record: lately as a strip, and as a table that goes back page by page. */
export function OutageOverview() {
  const newest = usePolled(outagesQuery(null));
  const nowMs = useNow();
  const { isOld } = useConnection();
  return (
    <div className={styles.page}>
      <h1>Outages</h1>
      {newest.data && nowMs > 0 ? (
        <OutageStrip outages={newest.data.outages} isCut={newest.data.next_cursor !== null} nowMs={nowMs} isOld={isOld} />
      ) : (
        !newest.error && <Loading heightRem={10} />
      )}
      <OnRecord nowMs={nowMs} isOld={isOld} />
    </div>
  );
}

function OnRecord({ nowMs, isOld }: { nowMs: number; isOld: boolean }) {
  const params = new URLSearchParams(useSearchParams());
  const cursor = params.get('cursor');
  const { data, error, isPlaceholderData } = usePolled(outagesQuery(cursor));
  const region = useRef<HTMLDivElement>(null);
  const steps = pageSteps(params, 'outages', data?.next_cursor);
  const isNoPage = cursor !== null && error instanceof ApiProblem && error.status === 422;
  return (
    <Card title="On record" isOld={isOld}>
      {isNoPage ? (
        <Notice>
          The address asks for a page that there is not. <Button onClick={steps.onFirst}>Newest</Button>
        </Notice>
      ) : data ? (
        data.outages.length > 0 ? (
          <OutageTable ref={region} outages={data.outages} nowMs={nowMs} isOld={isOld} isBusy={isPlaceholderData} />
        ) : (
          <Notice>{cursor === null ? 'No outage on record: every verdict was scored.' : 'No older outage.'}</Notice>
        )
      ) : error ? (
        <NotAvailable error={error} />
      ) : (
        <Loading heightRem={16} />
      )}
      {data && (cursor !== null || data.next_cursor !== null) && (
        <div className={styles.pages}>
          <Paging
            name="Pages of outages"
            words={{ first: 'Newest', back: 'Newer', on: 'Older' }}
            steps={steps}
            onStep={() => region.current?.focus()}
          />
        </div>
      )}
    </Card>
  );
}
