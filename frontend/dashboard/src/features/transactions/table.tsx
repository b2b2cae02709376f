'use client';

import type { FocusEvent, RefObject } from 'react';
import { TableRegion } from '@/components/ui/table-region';
import type { TransactionRecord } from '@/lib/api/transactions';
import { Row } from './row';
import styles from './table.module.css';

/**
 * One page of records. `onReading`: whether the keyboard is inside: then rows should stay where they are. `isBusy`: these
 * are of the search before, and others are on their way.
 */
export function Table({
  name,
  records,
  isOld,
  isBusy,
  onReading,
  ref,
}: {
  name: string;
  records: readonly TransactionRecord[];
  isOld: boolean;
  isBusy: boolean;
  onReading: (isReading: boolean) => void;
  ref: RefObject<HTMLDivElement | null>;
}) {
  const leave = ({ currentTarget, relatedTarget }: FocusEvent) => {
    // gone to another window of the desktop, the focus comes back to the same place
    const isAway = relatedTarget === null && !document.hasFocus();
    if (!isAway && !currentTarget.contains(relatedTarget)) onReading(false);
  };
  return (
    <TableRegion
      ref={ref}
      name={name}
      isBusy={isBusy}
      look={styles.table}
      onFocus={({ target, currentTarget }) => onReading(target !== currentTarget)}
      onBlur={leave}
    >
      <thead>
        <tr>
          <th scope="col">Time</th>
          <th scope="col">Transaction</th>
          <th scope="col" className="number">
            Amount
          </th>
          <th scope="col">User</th>
          <th scope="col">Merchant</th>
          <th scope="col" className="number">
            Score
          </th>
          <th scope="col">Verdict</th>
          <th scope="col">Reason</th>
          <th scope="col">Ledger</th>
        </tr>
      </thead>
      <tbody>
        {records.map((record) => (
          <Row key={record.transaction_id} record={record} isOld={isOld} />
        ))}
      </tbody>
    </TableRegion>
  );
}
