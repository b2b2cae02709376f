'use client';

import type { RefObject } from 'react';
import { TableRegion } from '@/components/ui/table-region';
import type { TransactionRecord } from '@/lib/api/transactions';
import { Row } from './row';
import styles from './table.module.css';

/**
 * One page of records. `isBusy`: these are of the search before, and others are on their way. A row keeps its place and
 * changes its text, so that nothing moves by itself: whoever shows the table holds the records while somebody is in it.
 */
export function Table({
  name,
  records,
  isOld,
  isBusy,
  ref,
}: {
  name: string;
  records: readonly TransactionRecord[];
  isOld: boolean;
  isBusy: boolean;
  ref: RefObject<HTMLDivElement | null>;
}) {
  return (
    <TableRegion ref={ref} name={name} isBusy={isBusy} look={styles.table}>
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
        {records.map((record, place) => (
          <Row key={place} record={record} isOld={isOld} />
        ))}
      </tbody>
    </TableRegion>
  );
}
