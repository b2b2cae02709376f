'use client';

import { useSearchParams } from 'next/navigation';
import { useRef } from 'react';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Loading, Notice } from '@/components/ui/notice';
import { Part } from '@/components/ui/part';
import { Paging } from '@/components/ui/paging';
import { ApiProblem } from '@/lib/api/client';
import { outagesQuery } from '@/lib/api/outages';
import { useNow } from '@/lib/now';
import { pageSteps } from '@/lib/paging';
import { usePolled } from '@/lib/polling';
import { OutageStrip } from './outage-strip';
import { OutageTable } from './outage-table';
import styles from './outages.module.css';

const STRIP_REM = 10;

/** All outages on record: lately as a strip, and as a table that goes back page by page. */
export function OutageOverview() {
  const nowMs = useNow();
  return (
    <div className={styles.page}>
      <h1>Outages</h1>
      <Part title="When" query={usePolled(outagesQuery(null))} heightRem={STRIP_REM}>
        {({ outages, next_cursor }, isOld) =>
          // back from a report the figures are there before the clock is
          nowMs > 0 ? (
            <OutageStrip outages={outages} isCut={next_cursor !== null} nowMs={nowMs} isOld={isOld} />
          ) : (
            <Loading heightRem={STRIP_REM} />
          )
        }
      </Part>
      <OnRecord nowMs={nowMs} />
    </div>
  );
}

function OnRecord({ nowMs }: { nowMs: number }) {
  const params = new URLSearchParams(useSearchParams());
  const cursor = params.get('cursor');
  const query = usePolled(outagesQuery(cursor));
  const region = useRef<HTMLDivElement>(null);
  const steps = pageSteps(params, 'outages', query.data?.next_cursor);
  if (cursor !== null && query.error instanceof ApiProblem && query.error.status === 422) {
    return (
      <Notice>
        The address asks for a page that there is not. <Button onClick={steps.onFirst}>Newest</Button>
      </Notice>
    );
  }
  return (
    <Part title="On record" query={query} heightRem={20}>
      {({ outages, next_cursor }, isOld) => (
        <Card title="On record" isOld={isOld}>
          {outages.length > 0 ? (
            <OutageTable ref={region} outages={outages} nowMs={nowMs} isOld={isOld} isBusy={query.isPlaceholderData} />
          ) : (
            <Notice>{cursor === null ? 'No outage is on record.' : 'No older outage.'}</Notice>
          )}
          {(cursor !== null || next_cursor !== null) && (
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
      )}
    </Part>
  );
}
