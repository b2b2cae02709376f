'use client';

import Link from 'next/link';
import { memo } from 'react';
import { FreshButton } from '@/components/record/fresh-button';
import { VerdictChip } from '@/components/record/verdict-chip';
import { Notice } from '@/components/ui/notice';
import { TableRegion } from '@/components/ui/table-region';
import { recentQuery, type RecentRecord } from '@/lib/api/recent';
import { amount, score, when } from '@/lib/format';
import { useNow } from '@/lib/now';
import type { PageState } from '@/lib/part';
import { usePolled } from '@/lib/polling';
import { blindReason, capital, sourceWords } from '@/lib/record/words';
import { useHolders } from '@/lib/still/use-holders';
import { useStill } from '@/lib/still/use-still';
import styles from './overview.module.css';
import { Panel } from './panel';

const COLUMNS = ['Time', 'Transaction', 'Amount', 'Score', 'Verdict', 'Reason'] as const;
const HEIGHT_REM = 48; // the line above, the head and 20 rows
const MIN_MS = 60_000;

/** The newest verdicts, row by row. */
export const RecentCard = memo(function RecentCard({ page }: { page: PageState }) {
  return (
    <Panel
      title="Recent transactions"
      query={usePolled(recentQuery)}
      page={page}
      heightRem={HEIGHT_REM}
      aside={() => (
        <Link href="/transactions/" prefetch={false} className="small">
          All transactions
        </Link>
      )}
    >
      {(records, isOld) => (records.length ? <Table records={records} isOld={isOld} /> : <Notice>No transactions yet. Send one to the gateway and it appears here.</Notice>)}
    </Panel>
  );
});

function Table({ records, isOld }: { records: readonly RecentRecord[]; isOld: boolean }) {
  const { isHeld, handlers } = useHolders();
  const { shown, fresh, renew } = useStill(records, idOf, { isHeld, of: 'recent' });
  const nowMs = useNow(MIN_MS);
  return (
    <div {...handlers}>
      <p className={styles.held}>
        {isHeld && 'New ones wait while you are in the list.'} <FreshButton fresh={fresh} isMore={fresh === records.length} onShow={renew} />
      </p>
      <div className={styles.rows}>
        <TableRegion name="Recent transactions, table">
          <thead>
            <tr>
              {COLUMNS.map((name) => (
                <th key={name} scope="col" className={name === 'Amount' || name === 'Score' ? 'number' : undefined}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {/* by place, not by id: a row keeps its place and changes its text, so nothing on the page moves */}
            {shown.map((record, place) => (
              <Row key={place} record={record} nowMs={nowMs} isOld={isOld} />
            ))}
          </tbody>
        </TableRegion>
      </div>
    </div>
  );
}

function idOf({ transaction_id: id }: RecentRecord): string {
  return id;
}

function Row({ record, nowMs, isOld }: { record: RecentRecord; nowMs: number; isOld: boolean }) {
  return (
    <tr>
      <td className="figures">{when(record.created_at, nowMs)}</td>
      <td>
        <Link href={`/transactions/?tx=${encodeURIComponent(record.transaction_id)}`} prefetch={false} className={styles.id}>
          {record.transaction_id}
        </Link>
      </td>
      <td className="number">{amount(record.amount, record.currency)}</td>
      <td className="number">{score(record.risk_score)}</td>
      <td>
        <VerdictChip record={record} isOld={isOld} />
      </td>
      <td>{reason(record)}</td>
    </tr>
  );
}

/** Why there was no score, or else what weighed most in it. */
export function reason(record: Pick<RecentRecord, 'fallback' | 'reasons' | 'decision_source'>): string {
  if (record.fallback) return capital(blindReason(record.fallback.reason_code));
  return capital(record.reasons[0]?.message ?? `by ${sourceWords(record.decision_source)}`);
}
