'use client';

import Link from 'next/link';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Loading, NotAvailable, Notice } from '@/components/ui/notice';
import { ApiProblem } from '@/lib/api/client';
import { outageQuery } from '@/lib/api/outage';
import type { Outage } from '@/lib/api/outages';
import { useConnection } from '@/lib/connection';
import { dayAndTime } from '@/lib/format';
import { useNow } from '@/lib/now';
import { usePolled } from '@/lib/polling';
import { OutageAlerts } from './outage-alerts';
import { OutageFigures } from './outage-figures';
import { OutageState } from './outage-state';
import styles from './outages.module.css';
import { story } from './story';
import { UnscoredList } from './unscored-list';

/** One outage on a page that can be printed and handed on. */
export function OutageReport({ id }: { id: string }) {
  const { data, error } = usePolled(outageQuery(id));
  const nowMs = useNow();
  const { isOld } = useConnection();
  return (
    <div className={styles.page}>
      <p data-print="none">
        <Link prefetch={false} href="/outages/">
          All outages
        </Link>
      </p>
      {data ? <Report outage={data} nowMs={nowMs} isOld={isOld} /> : error ? <Missing error={error} /> : <Waiting />}
    </div>
  );
}

function Report({ outage, nowMs, isOld }: { outage: Outage; nowMs: number; isOld: boolean }) {
  return (
    <>
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
      <UnscoredList outage={outage} isOld={isOld} />
      <OutageAlerts id={outage.outage_id} isOld={isOld} />
    </>
  );
}

function Missing({ error }: { error: Error }) {
  const isUnknown = error instanceof ApiProblem && error.status === 404;
  return (
    <>
      <h1>Outage</h1>
      {isUnknown ? (
        <Notice>No outage has the id in this address. It may be cut off, or belong to another ledger.</Notice>
      ) : (
        <NotAvailable error={error} />
      )}
    </>
  );
}

function Waiting() {
  return (
    <>
      <h1>Outage</h1>
      <Loading heightRem={8} />
      <Loading heightRem={12} />
      <Loading heightRem={20} />
    </>
  );
}
