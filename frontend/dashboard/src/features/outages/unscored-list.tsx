import Link from 'next/link';
import { VerdictChip } from '@/components/record/verdict-chip';
import { When } from '@/components/record/when';
import { Card } from '@/components/ui/card';
import { Chip } from '@/components/ui/chip';
import { Notice } from '@/components/ui/notice';
import { Part } from '@/components/ui/part';
import { TableRegion } from '@/components/ui/table-region';
import { toUrl } from '@/lib/api/client';
import type { Outage } from '@/lib/api/outages';
import { unscoredBetween, unscoredQuery, type UnscoredPage, type UnscoredRecord } from '@/lib/api/unscored';
import { amount, score } from '@/lib/format';
import { usePolled } from '@/lib/polling';
import { isFlipped } from '@/lib/record/timeline';
import { wouldHave } from '@/lib/record/words';
import styles from './outages.module.css';

const TITLE = 'Decided without a score';

/** The newest transactions of that time that were decided without a score, and what a later score makes of each. */
export function UnscoredList({ outage }: { outage: Outage }) {
  return (
    <Part title={TITLE} query={usePolled(unscoredQuery(outage.from, outage.to))} heightRem={36}>
      {(page, isOld) => <Unscored outage={outage} page={page} isOld={isOld} />}
    </Part>
  );
}

function Unscored({ outage, page, isOld }: { outage: Outage; page: UnscoredPage; isOld: boolean }) {
  const { transactions, next_cursor } = page;
  const all = toUrl('/transactions/', { query: unscoredBetween(outage.from, outage.to) });
  return (
    <Card title={TITLE} isOld={isOld}>
      <Records records={transactions} isOld={isOld} name="Table of transactions without a score" none="No transaction of that time was decided without a score." />
      {next_cursor !== null && <p className="muted small">The newest {transactions.length} are shown.</p>}
      {(outage.figures?.degraded ?? 0) > 0 && (
        <p className="muted small">Verdicts that were scored without history are not among them: they carry that score.</p>
      )}
      {(outage.figures?.suspect ?? 0) > 0 && (
        <p className="muted small">Verdicts whose score is suspect are not among them: they carry that score.</p>
      )}
      {transactions.length > 0 && (
        <p className={styles.more} data-print="none">
          <Link prefetch={false} href={all}>
            All of them under Transactions
          </Link>
        </p>
      )}
    </Card>
  );
}

/** A table of records with what a later score makes of each; `none`: what stands there instead of an empty one. */
export function Records({ records, isOld, name, none }: { records: readonly UnscoredRecord[]; isOld: boolean; name: string; none: string }) {
  if (records.length === 0) return <Notice>{none}</Notice>;
  return (
    <TableRegion name={name}>
      <thead>
        <tr>
          <th scope="col">Time</th>
          <th scope="col">Transaction</th>
          <th scope="col" className="number">Amount</th>
          <th scope="col">Verdict</th>
          <th scope="col">Scored since</th>
        </tr>
      </thead>
      <tbody>
        {records.map((record) => (
          <tr key={record.transaction_id}>
            <td className="figures">
              <When at={record.created_at} />
            </td>
            <th scope="row" className="mono">
              <Link prefetch={false} href={toUrl('/transactions/', { query: { tx: record.transaction_id } })}>
                {record.transaction_id}
              </Link>
            </th>
            <td className="number">{amount(record.amount, record.currency)}</td>
            <td>
              <VerdictChip record={record} isOld={isOld} />
            </td>
            <td>
              <Later record={record} isOld={isOld} />
            </td>
          </tr>
        ))}
      </tbody>
    </TableRegion>
  );
}

function Later({ record, isOld }: { record: UnscoredRecord; isOld: boolean }) {
  const last = record.amendments.at(-1);
  if (last === undefined) return <span className="muted">not yet</span>;
  if (!isFlipped(record)) return <>{score(last.score)}: the same</>;
  return (
    <Chip tone="warn" isOld={isOld}>
      {score(last.score)}: {wouldHave(last.new)}
    </Chip>
  );
}
