'use client';

import { useQueries } from '@tanstack/react-query';
import { reviewQuery } from '@/lib/api/review';
import { isWaiting, type Waiting } from './waiting';

/** What became of reviews that left the list under the reader's eyes: as the gateway has them now, where it has said so. */
export function useTaken(ids: readonly string[]): ReadonlyMap<string, Waiting> {
  return useQueries({
    queries: ids.map((id) => reviewQuery(id)),
    combine: (answers) => {
      const found = answers.flatMap(({ data }) => (data && isWaiting(data) ? [data] : []));
      return new Map(found.map((record) => [record.transaction_id, record]));
    },
  });
}
