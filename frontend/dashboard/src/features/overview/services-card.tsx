'use client';

import { memo } from 'react';
import { Card } from '@/components/ui/card';
import { Chip } from '@/components/ui/chip';
import { circuitQuery } from '@/lib/api/circuit';
import { healthQuery } from '@/lib/api/health';
import { ledgerQuery } from '@/lib/api/ledger';
import { trafficQuery } from '@/lib/api/stats';
import type { PageState } from '@/lib/part';
import { usePolled } from '@/lib/polling';
import styles from './overview.module.css';
import { toServices } from './services';

/** What runs, and what is wrong with what does not. Each line stands on an answer of its own. */
export const ServicesCard = memo(function ServicesCard({ page }: { page: PageState }) {
  const said = {
    health: usePolled(healthQuery).data,
    circuit: usePolled(circuitQuery).data,
    ledger: usePolled(ledgerQuery).data,
    traffic: usePolled(trafficQuery).data,
  };
  return (
    <Card title="Services" isOld={page.isOld}>
      <ul className={styles.services} data-old={page.isOld || undefined}>
        {toServices(page, said).map(({ name, tone, word, detail }) => {
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
