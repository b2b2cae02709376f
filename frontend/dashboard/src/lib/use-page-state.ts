'use client';

import { useState } from 'react';
import { useConnection } from './connection';
import type { PageState } from './part';

/** What parts have to know of the way to the gateway: the same object until that changes, so that they rest meanwhile. */
export function usePageState(): PageState {
  const { state, isOld, updatedAtMs } = useConnection();
  const [page, setPage] = useState<PageState>({ connection: state, isOld, sinceMs: updatedAtMs });
  if (page.connection === state && page.isOld === isOld) return page;
  const next = { connection: state, isOld, sinceMs: updatedAtMs };
  setPage(next);
  return next;
}
