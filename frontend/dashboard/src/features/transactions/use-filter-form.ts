'use client';

import { useEffect, useRef, useState } from 'react';
import { writeAddress } from '@/lib/address';
import { check, type Problems } from './checks';
import type { Field, Filters } from './fields';
import { applyDrafts, readFilters, toParams, trimDrafts } from './filters';

const TYPING_MS = 400; // a pause of so long, and what was typed is searched for

export interface FilterForm {
  /** What the fields show: the address, with what was typed over it. */
  shown: Filters;
  problems: Problems;
  /** A text is being typed: it counts after a pause, and is one step for the browser's Back however long it gets. */
  type: (field: Field, value: string) => void;
  /** A choice was made: it counts at once. */
  choose: (field: Field, value: string) => void;
  /** Enter, or the field was left. */
  settle: () => void;
  clear: () => void;
}

/** The fields between the reader's fingers and the address. `filters` as the address has them now. */
export function useFilterForm(filters: Filters): FilterForm {
  const [drafts, setDrafts] = useState<Filters>({});
  const address = toParams(filters).toString();
  const [seen, setSeen] = useState(address);
  const [written, setWritten] = useState(address);
  const burst = useRef<Field | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  if (seen !== address) {
    setSeen(address);
    // Back, a link, or another part's "Clear filters": what was typed belongs to another search
    if (address !== written) setDrafts({});
  }
  useEffect(() => {
    if (address !== written) clearTimeout(timer.current);
  }, [address, written]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const write = (typed: Filters, field: Field | null) => {
    clearTimeout(timer.current);
    const now = readFilters(new URLSearchParams(window.location.search)).filters;
    const params = toParams(applyDrafts(now, typed));
    setWritten(params.toString());
    if (params.toString() === toParams(now).toString()) return;
    writeAddress(params, field !== null && field === burst.current ? 'replace' : 'push');
    burst.current = field;
  };

  return {
    shown: { ...filters, ...drafts },
    problems: check({ ...filters, ...trimDrafts(drafts) }),
    type: (field, value) => {
      const typed = { ...drafts, [field]: value };
      setDrafts(typed);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => write(typed, field), TYPING_MS);
    },
    choose: (field, value) => {
      const typed = { ...drafts, [field]: value };
      setDrafts(typed);
      write(typed, null);
    },
    settle: () => {
      write(drafts, burst.current);
      burst.current = null;
    },
    clear: () => {
      clearTimeout(timer.current);
      burst.current = null;
      setDrafts({});
      setWritten('');
      writeAddress(new URLSearchParams(), 'push');
    },
  };
}
