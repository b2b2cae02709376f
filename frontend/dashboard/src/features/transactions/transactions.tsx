'use client';

import { useSearchParams } from 'next/navigation';
import { useState } from 'react';
import { Notice } from '@/components/ui/notice';
import { transactionsQuery } from '@/lib/api/transactions';
import { useConnection } from '@/lib/connection';
import { pageSteps } from '@/lib/paging';
import { useNow } from '@/lib/now';
import { usePolled } from '@/lib/polling';
import { ExportButton } from './export/export-button';
import { Failed } from './failed';
import { FilterForm } from './filter-form';
import { readFilters, toParams, toSearch } from './filters';
import { placesOf } from './places';
import { ClearFilters, Result } from './result';
import { countWords, updateWords } from './status-words';
import styles from './transactions.module.css';
import { useFound } from './use-found';

const HELD_MS = 30_000; // rows that waited for so long no longer pass for the newest
const NOW_MS = 5_000; // how often that is looked at

/** The record of all transactions: search, filters, pages, export. */
export function Transactions() {
  const params = new URLSearchParams(useSearchParams());
  const { filters, cursor, problems, unknown } = readFilters(params);
  const of = toParams(filters).toString();
  const isAsked = Object.keys(problems).length === 0 && unknown.length === 0;
  const [isReading, setReading] = useState(false);
  const { isOld } = useConnection();
  const isHeld = cursor === null && (isReading || params.has('tx'));
  const nowMs = useNow(NOW_MS);
  const query = transactionsQuery(isAsked ? toSearch(filters, cursor) : {});
  const page = usePolled({ ...query, enabled: isAsked, ...(isHeld && { refetchInterval: false, refetchOnWindowFocus: false }) });
  const shown = isAsked ? page.data : undefined;
  const steps = pageSteps(params, of, shown?.next_cursor);
  const found = shown && countWords(shown.transactions.length, steps.number, shown.next_cursor !== null);
  const announced = useFound(`${of} ${cursor}`, page.isPlaceholderData ? undefined : found);
  const isLongHeld = isHeld && shown !== undefined && nowMs - page.dataUpdatedAt > HELD_MS;

  return (
    <div className={styles.page}>
      <FilterForm filters={filters} problems={{ ...placesOf(page.error).fields, ...problems }} />
      <section aria-label="Result" className={styles.result}>
        <div className={styles.bar}>
          <p>{found}</p>
          <p role="status" className="visually-hidden">
            {announced}
          </p>
          <p className="small muted">{shown && updateWords({ cursor, isHeld, hasFailed: page.error !== null, updatedAtMs: page.dataUpdatedAt })}</p>
          <ExportButton search={shown?.transactions.length ? toSearch(filters, null) : null} />
        </div>
        {unknown.length > 0 && (
          <Notice>
            “{unknown.join('”, “')}” in the address is no filter, so nothing was searched. <ClearFilters />
          </Notice>
        )}
        {Object.keys(problems).length > 0 && <Notice>Nothing was searched: see the marked field.</Notice>}
        {isAsked && page.error && <Failed error={page.error} onAgain={() => void page.refetch()} onNewest={steps.onFirst} />}
        {isAsked && (shown || !page.error) && (
          <Result
            page={shown}
            steps={steps}
            isFiltered={of !== '' || cursor !== null}
            isOld={isOld || isLongHeld}
            isBusy={page.isPlaceholderData}
            onReading={setReading}
          />
        )}
      </section>
    </div>
  );
}
