import Link from 'next/link';
import { Card } from '@/components/ui/card';
import { Part } from '@/components/ui/part';
import { toUrl } from '@/lib/api/client';
import { flippedBetween, flippedQuery } from '@/lib/api/flipped';
import type { Outage } from '@/lib/api/outages';
import { usePolled } from '@/lib/polling';
import styles from './outages.module.css';
import { Records } from './unscored-list';

const TITLE = 'Would have been decided otherwise';

/** What somebody has to look at after an outage: the verdicts that a later score turns. */
export function FlippedList({ outage }: { outage: Outage }) {
  return (
    <Part title={TITLE} query={usePolled(flippedQuery(outage.from, outage.to))} heightRem={12}>
      {({ transactions, next_cursor }, isOld) => (
        <Card title={TITLE} isOld={isOld}>
          <Records records={transactions} isOld={isOld} name="Table of transactions that would have been decided otherwise" none={noneWords(outage)} />
          {next_cursor !== null && <p className="muted small">The newest {transactions.length} are shown.</p>}
          {transactions.length > 0 && (
            <p className={styles.more} data-print="none">
              <Link prefetch={false} href={toUrl('/transactions/', { query: flippedBetween(outage.from, outage.to) })}>
                All that would differ, under Transactions
              </Link>
            </p>
          )}
        </Card>
      )}
    </Part>
  );
}

function noneWords({ figures }: Outage): string {
  return (figures?.rescored ?? 0) > 0 ? 'None of those that were scored since.' : 'Nothing was scored since: it is not known yet.';
}
