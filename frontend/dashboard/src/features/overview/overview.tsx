'use client';

import { useMemo } from 'react';
import { usePageState } from '@/lib/use-page-state';
import { AlertsCard } from './alerts-card';
import { CircuitCard } from './circuit-card';
import { toMarks, useHistories } from './histories';
import { HistoryCard } from './history-card';
import { LedgerCard } from './ledger-card';
import styles from './overview.module.css';
import { RecentCard } from './recent-card';
import { ServicesCard } from './services-card';
import { LatencyCard, VerdictsCard } from './traffic-cards';
import { Trends } from './trends';
import { useChase } from './use-chase';

/** How things are, on one page: from the general to the particular. */
export function Overview() {
  const page = usePageState();
  const histories = useHistories();
  const marks = useMemo(() => toMarks(histories), [histories]);
  useChase();
  return (
    <>
      <h1 className="visually-hidden">Overview</h1>
      <div className={styles.overview}>
        <div className={styles.cards}>
          <CircuitCard page={page} histories={histories} />
          <VerdictsCard page={page} />
          <LatencyCard page={page} />
          <LedgerCard page={page} />
        </div>
        <Trends page={page} marks={marks} />
        <div className={styles.lower}>
          <RecentCard page={page} />
          <div className={styles.side}>
            <ServicesCard page={page} />
            <HistoryCard page={page} histories={histories} />
            <AlertsCard page={page} />
          </div>
        </div>
      </div>
    </>
  );
}
