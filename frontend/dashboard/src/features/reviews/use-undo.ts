'use client';

import { useState } from 'react';
import { useNow } from '@/lib/now';
import type { Waiting } from './waiting';

const OFFERED_MS = 10_000;
const OFFERS_MAX = 5; // of somebody who decides every two seconds

/** A decision that may be taken back. */
export interface Undoable {
  record: Waiting;
  untilMs: number;
}

/** The decisions of the last ten seconds, newest first. */
export function useUndo() {
  const [made, setMade] = useState<readonly Undoable[]>([]);
  const nowMs = useNow();
  const offered = made.filter(({ untilMs }) => untilMs > nowMs);
  const without = (id: string) => offered.filter(({ record }) => record.transaction_id !== id);
  return {
    offered,
    /** Whole seconds that are left for one, 1 to 10: the page's clock may be a second late. */
    leftS: ({ untilMs }: Undoable) => Math.min(OFFERED_MS / 1_000, Math.max(1, Math.ceil((untilMs - nowMs) / 1_000))),
    add: (record: Waiting) =>
      setMade([{ record, untilMs: Date.now() + OFFERED_MS }, ...without(record.transaction_id)].slice(0, OFFERS_MAX)),
    remove: (id: string) => setMade(without(id)),
  };
}
