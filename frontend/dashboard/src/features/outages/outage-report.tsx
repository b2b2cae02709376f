'use client';

import Link from 'next/link';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Notice } from '@/components/ui/notice';
import { Part } from '@/components/ui/part';
import { outageQuery } from '@/lib/api/outage';
import type { Outage } from '@/lib/api/outages';
import { dayAndTime } from '@/lib/format';
import { useNow } from '@/lib/now';
import { usePolled } from '@/lib/polling';
import { isUnknownId } from '@/lib/problem';
import { FlippedList } from './flipped-list';
import { OutageAlerts } from './outage-alerts';
import { OutageFigures } from './outage-figures';
import { OutageState } from './outage-state';
import styles from './outages.module.css';
import { story } from './story';
import { UnscoredList } from './unscored-list';

/** One outage on a page that can be printed and handed on. */
export function OutageReport({ id }: { id: string }) {
  const query = usePolled(outageQuery(id));
  const nowMs = useNow();
  return (
    <div className={styles.page}>
      <p data-print="none">
        <Link prefetch={false} href="/outages/">
          All outages
        </Link>
      </p>
      {!query.data && <h1>Outage</h1>}
      {isUnknownId(query.error) ? (
        <Notice>No outage has the id in this address. It may be cut off, or belong to another ledger.</Notice>
      ) : (
        <Part title="What happened" query={query} heightRem={60}>
          {(outage, isOld) => <Report outage={outage} nowMs={nowMs} isOld={isOld} />}
        </Part>
      )}
    </div>
  );
}

function Report({ outage, nowMs, isOld }: { outage: Outage; nowMs: number; isOld: boolean }) {
  return (
    <>
      <p className={styles.printed}>
        Sentinel, fraud gateway operations · printed {nowMs > 0 && dayAndTime(nowMs)}
      </p>
      <div className={styles.head}>
        <h1>Outage of {dayAndTime(outage.from)}</h1>
        <OutageState outage={outage} isOld={isOld} />
        <Button onClick={() => window.print()}>Print</Button>
      </div>
      <Card title="What happened" isOld={isOld}>
        <p className={styles.story}>{story(outage, nowMs).join(' ')}</p>
        <p className="muted small">
          Seen by {outage.instances.length === 1 ? 'gateway' : 'gateways'} {outage.instances.join(', ')}. Id {outage.outage_id}.
        </p>
      </Card>
      {outage.figures && <OutageFigures figures={outage.figures} isOld={isOld} />}
      <FlippedList outage={outage} />
      <div data-print="none">
        <UnscoredList outage={outage} />
      </div>
      <OutageAlerts id={outage.outage_id} />
    </>
  );
}
