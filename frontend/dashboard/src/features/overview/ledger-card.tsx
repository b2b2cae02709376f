'use client';

import { memo } from 'react';
import { Chip } from '@/components/ui/chip';
import { ledgerQuery, type LedgerStatus } from '@/lib/api/ledger';
import { count, duration, when } from '@/lib/format';
import { useNow } from '@/lib/now';
import type { PageState } from '@/lib/part';
import { usePolled } from '@/lib/polling';
import { Facts, Figures } from './facts';
import { Panel } from './panel';

const UNKNOWN = 'not known';
const MIN_MS = 60_000;

/** Where the verdicts are that were given, and what is still owed to them. */
export const LedgerCard = memo(function LedgerCard({ page }: { page: PageState }) {
  const nowMs = useNow(MIN_MS);
  return (
    <Panel
      title="Ledger"
      query={usePolled(ledgerQuery)}
      page={page}
      heightRem={12.5}
      aside={({ status, pending }, isOld) => <LedgerChip isUp={status === 'up'} pending={pending} isOld={isOld} />}
    >
      {(ledger, isOld) => (
        <>
          <Figures
            figures={[
              { name: 'Committed', value: committed(ledger), isWords: ledger.committed === null },
              { name: 'Pending', value: count(ledger.pending), tone: ledger.pending > 0 && !isOld ? 'warn' : undefined },
            ]}
          />
          <Facts facts={facts(ledger, nowMs)} />
        </>
      )}
    </Panel>
  );
});

function LedgerChip({ isUp, pending, isOld }: { isUp: boolean; pending: number; isOld: boolean }) {
  const [tone, word] = !isUp ? (['bad', 'Down'] as const) : pending > 0 ? (['warn', 'Backlog'] as const) : (['good', 'Up'] as const);
  return (
    <Chip tone={tone} isOld={isOld}>
      {isOld ? word.toLowerCase() : word}
    </Chip>
  );
}

function committed({ committed: n, is_exact }: LedgerStatus): string {
  if (n === null) return UNKNOWN;
  return is_exact ? count(n) : `about ${count(n)}`;
}

function facts(ledger: LedgerStatus, nowMs: number): [string, string][] {
  const { rescore_backlog: backlog, oldest_pending_s: oldestS } = ledger;
  return [
    ['Oldest pending', oldestS === null ? 'none' : duration(oldestS)],
    ['Still to be scored', backlog === null ? UNKNOWN : count(backlog.count)],
    ['Oldest of these', backlog === null ? UNKNOWN : backlog.oldest_at === null ? 'none' : when(backlog.oldest_at, nowMs)],
    ['Refused by MongoDB', count(ledger.poison)],
    ['Decided twice', ledger.conflicts === null ? UNKNOWN : count(ledger.conflicts)],
  ];
}
