'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import { memo } from 'react';
import { Card } from '@/components/ui/card';
import { Chip } from '@/components/ui/chip';
import { circuitQuery } from '@/lib/api/circuit';
import { healthQuery } from '@/lib/api/health';
import { ledgerQuery } from '@/lib/api/ledger';
import { trafficQuery } from '@/lib/api/stats';
import { useNow } from '@/lib/now';
import { toPart, type PageState } from '@/lib/part';
import { usePolled } from '@/lib/polling';
import styles from './overview.module.css';
import { toServices } from './services';

const MIN_MS = 60_000;

/** What runs, and what is wrong with what does not. Each line stands on an answer of its own. */
export const ServicesCard = memo(function ServicesCard({ page }: { page: PageState }) {
  const nowMs = useNow(MIN_MS);
  const said = {
    health: known(usePolled(healthQuery), page),
    circuit: known(usePolled(circuitQuery), page),
    ledger: known(usePolled(ledgerQuery), page),
    traffic: known(usePolled(trafficQuery), page),
  };
  return (
    <Card title="Services" isOld={page.isOld}>
      <ul className={styles.services} data-old={page.isOld || undefined}>
        {toServices(page, said, nowMs).map(({ name, tone, word, detail }) => {
          // that it is down is known now; the rest is how it was
          const isOld = page.isOld && tone !== 'unknown' && !(name === 'Gateway' && page.connection === 'unreachable');
          return (
            <li key={name}>
              <span className={styles.serviceName}>{name}</span>
              <Chip tone={tone} isOld={isOld}>
                {isOld ? word.toLowerCase() : word}
              </Chip>
              <span className={styles.serviceDetail}>{detail}</span>
            </li>
          );
        })}
      </ul>
    </Card>
  );
});

/** What still stands, or stood when the whole gateway went away; what only this answer is behind with is not known. */
function known<T>(query: UseQueryResult<T>, page: PageState): T | undefined {
  const part = toPart(query, page);
  return part.kind === 'shown' && (page.isOld || !part.isOld) ? part.data : undefined;
}
