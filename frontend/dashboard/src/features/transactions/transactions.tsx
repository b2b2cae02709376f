'use client';

import { useSearchParams } from 'next/navigation';
import { useState } from 'react';
import { Notice } from '@/components/ui/notice';
import { transactionsQuery } from '@/lib/api/transactions';
import { useConnection } from '@/lib/connection';
import { pageSteps } from '@/lib/paging';
import { usePolled } from '@/lib/polling';
import { ExportButton } from './export/export-button';
import { Failed } from './failed';
import { FilterForm } from './filter-form';
import { readFilters, toParams, toSearch } from './filters';
import { placesOf } from './places';
import { ClearFilters, Result } from './result';
import { countWords, updateWords } from './status-words';
import styles from './transactions.module.css';

/** The record of all transactions: search, filters, pages, export. */
export function Transactions() {
  const params = new URLSearchParams(useSearchParams());
  const { filters, cursor, problems, unknown } = readFilters(params);
  const of = toParams(filters).toString();
  const isAsked = Object.keys(problems).length === 0 && unknown.length === 0;
  const [isReading, setReading] = useState(false);
  const { isOld } = useConnection();
  const isHeld = isReading || params.has('tx');
  const query = transactionsQuery(isAsked ? toSearch(filters, cursor) : {});
  const page = usePolled({ ...query, enabled: isAsked, ...(isHeld && { refetchInterval: false, refetchOnWindowFocus: false }) });
  const shown = isAsked ? page.data : undefined;
  const steps = pageSteps(params, of, shown?.next_cursor);

  return (
    <div className={styles.page}>
      <FilterForm filters={filters} problems={{ ...placesOf(page.error).fields, ...problems }} />
      <section aria-label="Result" className={styles.result}>
        <div className={styles.bar}>
          <p role="status">{shown && countWords(shown.transactions.length, steps.number, shown.next_cursor !== null)}</p>
          <p className="small muted">{shown && updateWords({ cursor, isHeld, failedSinceMs: page.error ? page.dataUpdatedAt : null })}</p>
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
            isOld={isOld}
            isBusy={page.isPlaceholderData}
            onReading={setReading}
          />
        )}
      </section>
    </div>
  );
}
