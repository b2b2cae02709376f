import Link from 'next/link';
import { Card } from '@/components/ui/card';
import { Chip, type Tone } from '@/components/ui/chip';
import { Loading, NotAvailable, Notice } from '@/components/ui/notice';
import { toUrl } from '@/lib/api/client';
import type { Outage } from '@/lib/api/outages';
import { unscoredBetween, unscoredQuery, type UnscoredRecord } from '@/lib/api/unscored';
import { amount, score, timeOfDay } from '@/lib/format';
import { usePolled } from '@/lib/polling';
import styles from './outages.module.css';

type Decision = UnscoredRecord['decision'];
const DECISIONS: Record<Decision, [Tone, string]> = { approve: ['good', 'Approve'], review: ['warn', 'Review'], block: ['bad', 'Block'] };

/** The newest transactions of that time that were decided without a score, and what a later score makes of each. */
export function UnscoredList({ outage, isOld }: { outage: Outage; isOld: boolean }) {
  const { data, error } = usePolled(unscoredQuery(outage.from, outage.to));
  const all = toUrl('/transactions/', { query: unscoredBetween(outage.from, outage.to) });
  return (
    <Card title="Decided without a score" isOld={isOld}>
      {data ? <Table records={data.transactions} /> : error ? <NotAvailable error={error} /> : <Loading heightRem={20} />}
      {data?.next_cursor && <p className="muted small">The newest {data.transactions.length} are shown.</p>}
      {(outage.figures?.doubted ?? 0) > 0 && (
        <p className="muted small">Verdicts whose score was doubted are not among them: they carry that score.</p>
      )}
      {data && data.transactions.length > 0 && (
        <p className={styles.more} data-print="none">
          <Link prefetch={false} href={all}>
            All of them under Transactions
          </Link>
        </p>
      )}
    </Card>
  );
}

function Table({ records }: { records: readonly UnscoredRecord[] }) {
  if (records.length === 0) return <Notice>No transaction of that time was decided without a score.</Notice>;
  return (
    <div role="region" aria-label="Table of transactions without a score" tabIndex={0} className={styles.scroller}>
      <table>
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">Transaction</th>
            <th scope="col" className="number">Amount</th>
            <th scope="col">Decided</th>
            <th scope="col">A later score</th>
          </tr>
        </thead>
        <tbody>
          {records.map((record) => (
            <tr key={record.transaction_id}>
              <td className="figures">{timeOfDay(record.created_at)}</td>
              <th scope="row" className={styles.id}>
                <Link prefetch={false} href={toUrl('/transactions/', { query: { tx: record.transaction_id } })}>
                  {record.transaction_id}
                </Link>
              </th>
              <td className="number">{amount(record.amount, record.currency)}</td>
              <td>
                <DecisionChip decision={record.decision} />
              </td>
              <td>
                <Later record={record} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Later({ record }: { record: UnscoredRecord }) {
  const last = record.amendments.at(-1);
  if (last === undefined) return <span className="muted">None yet</span>;
  if (last.new === record.decision) return <>{score(last.score)}, the same</>;
  return (
    <>
      {score(last.score)} <DecisionChip decision={last.new} />
    </>
  );
}

function DecisionChip({ decision }: { decision: Decision }) {
  const [tone, word] = DECISIONS[decision];
  return <Chip tone={tone}>{word}</Chip>;
}
