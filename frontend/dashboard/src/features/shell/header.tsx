'use client';

import { useQueryClient } from '@tanstack/react-query';
import { Button } from '@/components/ui/button';
import { Chip } from '@/components/ui/chip';
import { circuitQuery } from '@/lib/api/circuit';
import { faultsQuery } from '@/lib/api/faults';
import { useConnection } from '@/lib/connection';
import { ago } from '@/lib/format';
import { useNow } from '@/lib/now';
import { PACE_MS, useIsNobody, usePolled, usePolling } from '@/lib/polling';
import { Account } from './account';
import { Navigation } from './navigation';
import { Situation } from './situation';
import styles from './shell.module.css';
import { ThemeChoice } from './theme-choice';
import { useRecovery } from './use-recovery';
import { freshness } from './words';

/** Whose pages these are, how fresh they are, the ways to the other ones, and how things stand. */
export function Header() {
  const connection = useConnection();
  const faults = usePolled({ ...faultsQuery, refetchInterval: ({ state }) => (state.data?.is_enabled ? PACE_MS.drills : PACE_MS.fixed) });
  useRecovery(connection.state);
  const circuit = usePolled(circuitQuery);
  const isNobody = useIsNobody();
  const { tone, word } = freshness(connection, circuit.error || isNobody ? undefined : circuit.data?.health, isNobody);
  return (
    <header className={styles.header}>
      <div className={styles.bar}>
        <p className={styles.title}>Fraud gateway operations</p>
        <div className={styles.controls}>
          <span className={styles.freshness}>
            <span className={styles.state}>
              <Chip tone={tone}>{word}</Chip>
            </span>
            <Updated atMs={connection.updatedAtMs} />
          </span>
          <PauseButton />
          <ThemeChoice />
        </div>
      </div>
      <div className={styles.ways}>
        <Navigation hasChaos={faults.data?.is_enabled ?? false} />
        <Account />
      </div>
      <Situation connection={connection} />
    </header>
  );
}

function Updated({ atMs }: { atMs: number }) {
  const nowMs = useNow();
  return <span className={styles.updated}>{atMs > 0 && nowMs > 0 ? `updated ${ago(atMs, nowMs)}` : ''}</span>;
}

function PauseButton() {
  const { isPaused, setPaused } = usePolling();
  const client = useQueryClient();
  const toggle = () => {
    setPaused(!isPaused);
    if (isPaused) void client.invalidateQueries(); // what is shown is as old as the pause
  };
  return <Button onClick={toggle}>{isPaused ? 'Resume updates' : 'Pause updates'}</Button>;
}
