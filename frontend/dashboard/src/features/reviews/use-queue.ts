'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { reviewQuery } from '@/lib/api/review';
import { renewReviews, reviewsQuery, type ReviewPage, type ReviewState } from '@/lib/api/reviews';
import { usePolled } from '@/lib/polling';
import { isWaiting, withClaims, type Waiting } from './waiting';

/** Which part of the queue the address names. */
export interface Part {
  state: ReviewState;
  cursor: string | null;
  /** One single review instead, wherever it stands. */
  id: string | null;
}

/** The reviews of a part, with what was claimed here kept in its place, and what to do after a step. */
export function useQueue(part: Part, nowMs: number) {
  const { state, cursor, id } = part;
  const client = useQueryClient();
  const of = `${state} ${cursor}`;
  const [claims, setClaims] = useState<{ of: string; records: readonly Waiting[] }>({ of, records: [] });
  const page = usePolled({ ...reviewsQuery(state, cursor), enabled: id === null });
  const single = usePolled({ ...reviewQuery(id ?? ''), enabled: id !== null });

  const listed = page.data?.reviews.filter(isWaiting);
  const mine = claims.of === of && state === 'open' ? claims.records : [];
  const found = single.data && isWaiting(single.data) ? [single.data] : undefined;

  const withoutClaim = (transactionId: string) => (had: typeof claims) => ({
    of,
    records: had.of === of ? had.records.filter((record) => record.transaction_id !== transactionId) : [],
  });
  const renew = async () => {
    if (id === null) await renewReviews(client, state, cursor);
    else await client.invalidateQueries({ queryKey: reviewQuery(id).queryKey });
  };

  return {
    records: id === null ? listed && withClaims(listed, mine, nowMs) : found,
    nextCursor: id === null ? page.data?.next_cursor : null,
    error: id === null ? page.error : single.error,
    isPending: id === null ? page.isPending : single.isPending,
    isBusy: id === null && page.isPlaceholderData,
    renew,
    /** Keeps what was claimed where it stands. */
    keep: async (record: Waiting) => {
      setClaims((had) => ({ of, records: [...withoutClaim(record.transaction_id)(had).records, record] }));
      await renew();
    },
    /** It is back in the list: the page is read before it is let go, so that it is never gone between. */
    letGo: async (transactionId: string) => {
      await renew();
      setClaims(withoutClaim(transactionId));
    },
    /** It is decided: it leaves at once. */
    remove: async (transactionId: string) => {
      setClaims(withoutClaim(transactionId));
      if (id === null && state !== 'decided') {
        client.setQueryData<ReviewPage>(reviewsQuery(state, cursor).queryKey, (had) =>
          had && { ...had, reviews: had.reviews.filter((record) => record.transaction_id !== transactionId) },
        );
      }
      await renew();
    },
  };
}
