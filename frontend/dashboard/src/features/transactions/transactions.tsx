'use client';

import { useSearchParams } from 'next/navigation';
import { useRef, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Loading, NotAvailable, Notice } from '@/components/ui/notice';
import { Paging } from '@/components/ui/paging';
import { writeAddress } from '@/lib/address';
import { transactionsQuery } from '@/lib/api/transactions';
import { useConnection } from '@/lib/connection';
import { pageSteps } from '@/lib/paging';
import { usePolled } from '@/lib/polling';
import { ExportButton } from './export/export-button';
import { FilterForm } from './filter-form';
import { readFilters, toParams, toSearch } from './filters';
import { placesOf } from './places';
import { countWords, updateWords } from './status-words';
import { Table } from './table';
import styles from './transactions.module.css';

const TABLE_REM = 60; // about as tall as a full page

/** The record of all transactions: search, filters, pages, export. */
export function Transactions() {
  const params = new URLSearchParams(useSearchParams());
  const wanted = readFilters(params);
  const of = toParams(wanted.filters).toString();
  const isAsked = Object.keys(wanted.problems).length === 0 && wanted.unknown.length === 0;
  const [isReading, setReading] = useState(false);
  const { isOld } = useConnection();
  const isHeld = isReading || params.has('tx');
  const query = transactionsQuery(isAsked ? toSearch(wanted.filters, wanted.cursor) : {});
  const page = usePolled({ ...query, enabled: isAsked, ...(isHeld && { refetchInterval: false, refetchOnWindowFocus: false }) });
  const region = useRef<HTMLDivElement>(null);
  const steps = pageSteps(params, of, isAsked ? page.data?.next_cursor : null);
  const records = isAsked ? page.data?.transactions : undefined;
  const places = placesOf(page.error);
  const clear = () => writeAddress(new URLSearchParams(), 'push');

  return (
    <div className={styles.page}>
      <FilterForm filters={wanted.filters} problems={{ ...places.fields, ...wanted.problems }} />
      <section aria-label="Result" className={styles.result}>
        <div className={styles.bar}>
          <p role="status">{records ? countWords(records.length, steps.number, Boolean(page.data?.next_cursor)) : ''}</p>
          <p className="small muted">{records && updateWords({ cursor: wanted.cursor, isHeld })}</p>
          <ExportButton search={isAsked && records?.length ? toSearch(wanted.filters, null) : null} />
        </div>
        {wanted.unknown.length > 0 && (
          <Notice>
            “{wanted.unknown.join('”, “')}” in the address is no filter, so nothing was searched. <Button onClick={clear}>Clear filters</Button>
          </Notice>
        )}
        {isAsked && page.error && <NotAvailable error={page.error} />}
        {places.cursor && (
          <Notice>
            The address asks for a page that there is not. <Button onClick={steps.onFirst}>Newest</Button>
          </Notice>
        )}
        {!isAsked && wanted.unknown.length === 0 && <Notice>Nothing was searched: see the marked field.</Notice>}
        {isAsked && page.isPending && <Loading heightRem={TABLE_REM} />}
        {records?.length === 0 &&
          (of || wanted.cursor ? (
            <Notice>
              No transaction matches. <Button onClick={clear}>Clear filters</Button>
            </Notice>
          ) : (
            <Notice>No transactions yet. Send one to the gateway and it appears here.</Notice>
          ))}
        {records && records.length > 0 && (
          <>
            <Table
              ref={region}
              name="List of transactions"
              records={records}
              isOld={isOld}
              isBusy={page.isPlaceholderData}
              onReading={setReading}
            />
            <Paging
              name="Pages"
              words={{ first: 'Newest', back: 'Newer', on: 'Older' }}
              steps={steps}
              onStep={() => region.current?.focus()}
            />
          </>
        )}
      </section>
    </div>
  );
}
