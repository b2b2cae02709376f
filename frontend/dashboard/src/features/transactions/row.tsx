'use client';

import { memo, type MouseEvent } from 'react';
import { VerdictChip } from '@/components/record/verdict-chip';
import { When } from '@/components/record/when';
import { Chip } from '@/components/ui/chip';
import { isPlainClick, openWindow } from '@/lib/address';
import type { TransactionRecord } from '@/lib/api/transactions';
import { amount, score } from '@/lib/format';
import { isFlipped } from '@/lib/record/timeline';
import { blindReason, capital, decisionWord } from '@/lib/record/words';
import styles from './table.module.css';

/** One record. Its id is the link that opens it; a click elsewhere in the row does too, unless text is being selected. */
export const Row = memo(function Row({ record, isOld }: { record: TransactionRecord; isOld: boolean }) {
  const id = record.transaction_id;
  const open = (event: MouseEvent) => {
    if (!isPlainClick(event)) return;
    const isLink = (event.target as HTMLElement).closest('a') !== null;
    if (!isLink && window.getSelection()?.toString()) return;
    event.preventDefault();
    // the window gives the focus back to the link, whatever part of the row was clicked
    event.currentTarget.querySelector('a')?.focus();
    openWindow('tx', id);
  };
  return (
    <tr onClick={open}>
      <td>
        <When at={record.created_at} />
      </td>
      <td>
        <a href={`?tx=${encodeURIComponent(id)}`} title={id} className={`mono ${styles.id}`}>
          {id}
        </a>
      </td>
      <td className="number">{amount(record.amount, record.currency)}</td>
      <td>
        <span className={`mono ${styles.id}`} title={record.user_id}>
          {record.user_id}
        </span>
      </td>
      <td>
        {record.merchant_id === null ? (
          <span className="muted">none</span>
        ) : (
          <span className={`mono ${styles.id}`} title={record.merchant_id}>
            {record.merchant_id}
          </span>
        )}
      </td>
      <td className="number">
        <span className={record.scored ? undefined : 'muted'}>{score(record.risk_score)}</span>
        {record.scored && <span className={`small muted ${styles.below}`}>{record.risk_level}</span>}
      </td>
      <td>
        <VerdictChip record={record} isOld={isOld} />
      </td>
      <td>
        <span className={styles.reason} data-lines={record.amendments.length ? 1 : 2} title={reason(record)}>
          {reason(record)}
        </span>
        <LaterScore record={record} isOld={isOld} />
      </td>
      <td className={styles.nowrap}>{record.ledger_status === 'committed' ? 'Committed' : <Chip tone="warn" isOld={isOld}>Pending</Chip>}</td>
    </tr>
  );
});

function reason(record: TransactionRecord): string {
  if (!record.scored && record.fallback) return capital(blindReason(record.fallback.reason_code));
  return capital(record.reasons[0]?.message ?? 'none');
}

/** Whether it was scored since, and whether that would have changed the decision. */
function LaterScore({ record, isOld }: { record: TransactionRecord; isOld: boolean }) {
  const last = record.amendments.at(-1);
  if (!last) return null;
  return (
    <span className={styles.later} title={`Scored later: ${score(last.score)}`}>
      {isFlipped(record) ? (
        <Chip tone="warn" isOld={isOld}>
          Later: {decisionWord(last.new).toLowerCase()} ({score(last.score)})
        </Chip>
      ) : (
        <span className="small muted">The same decision with its later score, {score(last.score)}</span>
      )}
    </span>
  );
}
