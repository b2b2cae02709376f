'use client';

import type { RefObject } from 'react';
import { Button } from '@/components/ui/button';
import { Loading, Notice } from '@/components/ui/notice';
import { Paging } from '@/components/ui/paging';
import { writeAddress } from '@/lib/address';
import type { TransactionRecord } from '@/lib/api/transactions';
import type { PageSteps } from '@/lib/paging';
import { Table } from './table';

const TABLE_REM = 60; // about as tall as a full page
const WORDS = { first: 'Newest', back: 'Newer', on: 'Older' };

/** A page of records, or what stands in its place: loading, none yet, none that matches. */
export function Result({
  records,
  region,
  steps,
  isFiltered,
  isOld,
  isBusy,
}: {
  records: readonly TransactionRecord[] | undefined;
  region: RefObject<HTMLDivElement | null>;
  steps: PageSteps;
  isFiltered: boolean;
  isOld: boolean;
  isBusy: boolean;
}) {
  if (!records) return <Loading heightRem={TABLE_REM} />;
  if (records.length > 0) {
    return (
      <>
        <Table ref={region} name="List of transactions" records={records} {...{ isOld, isBusy }} />
        <Paging name="Pages" words={WORDS} steps={steps} onStep={() => region.current?.focus()} />
      </>
    );
  }
  if (!isFiltered) return <Notice>No transactions yet. Send one to the gateway and it appears here.</Notice>;
  return (
    <Notice>
      No transaction matches. <ClearFilters />
    </Notice>
  );
}

/** To the whole record, from its first page on. */
export function ClearFilters() {
  return <Button onClick={() => writeAddress(new URLSearchParams(), 'push')}>Clear filters</Button>;
}
