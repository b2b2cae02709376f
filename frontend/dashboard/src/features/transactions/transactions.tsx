'use client';

import { useSearchParams } from 'next/navigation';
import { useRef } from 'react';
import { FreshButton } from '@/components/record/fresh-button';
import { Notice } from '@/components/ui/notice';
import { transactionsQuery, type TransactionRecord } from '@/lib/api/transactions';
import { useConnection } from '@/lib/connection';
import { pageSteps } from '@/lib/paging';
import { usePolled } from '@/lib/polling';
import { useHolders } from '@/lib/still/use-holders';
import { useStill } from '@/lib/still/use-still';
import { ExportButton } from './export/export-button';
import { Failed } from './failed';
import { FilterForm } from './filter-form';
import { readFilters, toParams, toSearch } from './filters';
import { placesOf } from './places';
import { ClearFilters, Result } from './result';
import { countWords, updateWords } from './status-words';
import styles from './transactions.module.css';
import { useFound } from './use-found';

const NONE: readonly TransactionRecord[] = [];

/** The record of all transactions: search, filters, pages, export. */
export function Transactions() {
  const params = new URLSearchParams(useSearchParams());
  const { filters, cursor, problems, unknown } = readFilters(params);
  const of = toParams(filters).toString();
  const isAsked = Object.keys(problems).length === 0 && unknown.length === 0;
  const region = useRef<HTMLDivElement>(null);
  const { isOld } = useConnection();
  const { isHeld, handlers } = useHolders(params.has('tx'));
  const page = usePolled({ ...transactionsQuery(isAsked ? toSearch(filters, cursor) : {}), enabled: isAsked });
  const shown = isAsked ? page.data : undefined;
  const newest = shown?.transactions ?? NONE;
  const still = useStill(newest, idOf, { isHeld, of: shown && !page.isPlaceholderData ? `${of} ${cursor}` : undefined });
  const steps = pageSteps(params, of, shown?.next_cursor);
  const found = shown && countWords(shown.transactions.length, steps.number, shown.next_cursor !== null);
  const announced = useFound(`${of} ${cursor}`, page.isPlaceholderData ? undefined : found);

  return (
    <div className={styles.page}>
      <FilterForm filters={filters} problems={{ ...placesOf(page.error).fields, ...problems }} />
      <section aria-label="Result" className={styles.result} {...handlers}>
        <div className={styles.bar}>
          <p>{found}</p>
          <p role="status" className="visually-hidden">
            {announced}
          </p>
          <p className="small muted">{shown && updateWords({ cursor, isHeld, hasFailed: page.error !== null, updatedAtMs: page.dataUpdatedAt })}</p>
          <FreshButton
            fresh={still.fresh}
            isMore={still.fresh === newest.length}
            onShow={() => {
              still.renew();
              region.current?.focus(); // the button goes
            }}
          />
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
            records={shown && still.shown}
            region={region}
            steps={steps}
            isFiltered={of !== '' || cursor !== null}
            isOld={isOld}
            isBusy={page.isPlaceholderData}
          />
        )}
      </section>
    </div>
  );
}

function idOf({ transaction_id: id }: TransactionRecord): string {
  return id;
}
