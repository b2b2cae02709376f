'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiProblem } from '@/lib/api/client';
import { claimReview, type By, type Review } from '@/lib/api/review-claim';
import { decideReview } from '@/lib/api/review-decision';
import { releaseReview } from '@/lib/api/review-release';
import { undoReview } from '@/lib/api/review-undo';
import { timeOfDay } from '@/lib/format';
import { usePolling } from '@/lib/polling';
import { toStepMessage } from '@/lib/problem';
import type { StepKind } from './item';
import type { Waiting } from './waiting';

export interface Step {
  kind: StepKind | 'undo';
  record: Waiting;
  note?: string | null;
}

/** `onTaken`: called as soon as the gateway has said yes. */
interface Taken {
  step: Step;
  onTaken: (() => void) | undefined;
}

/** What the page does about a step that was taken. */
export interface Aftermath {
  /** With the review as it is now. The next step does not wait for it. */
  onDone: (step: Step, record: Waiting) => Promise<void>;
  /** The gateway said no: somebody else was there first. */
  onRefused: (step: Step) => Promise<void>;
}

/** Steps in the queue, one at a time. `said` is for a polite announcement. */
export function useSteps({ onDone, onRefused }: Aftermath) {
  const client = useQueryClient();
  const me = usePolling().who?.me;
  const by = me?.kind === 'demo' ? me.name : null; // where nobody is asked who they are
  const [said, setSaid] = useState('');
  const mutation = useMutation({
    mutationFn: ({ step }: Taken) => send(step, by),
    onSuccess: (review, { step, onTaken }) => {
      setSaid(doneWords(step, review));
      onTaken?.(); // not after the list is read anew, which may take seconds
      void onDone(step, { ...step.record, review });
      const id = step.record.transaction_id;
      void client.invalidateQueries({ queryKey: ['transaction', id] });
      void client.invalidateQueries({ queryKey: ['review', id] });
    },
    onError: (error, { step }) => {
      setSaid(`${step.record.transaction_id}: ${toStepMessage(error)}`);
      if (error instanceof ApiProblem && error.status === 409) void onRefused(step);
    },
  });
  return {
    said,
    say: setSaid,
    isBusy: mutation.isPending,
    /** Whether a decision on this review is on its way. */
    isDeciding: (id: string) => {
      const step = mutation.isPending ? mutation.variables.step : null;
      return step?.record.transaction_id === id && (step.kind === 'approve' || step.kind === 'block');
    },
    /** Why the last step of this review failed, or null. */
    failureOf: (id: string) =>
      mutation.error && mutation.variables?.step.record.transaction_id === id ? toStepMessage(mutation.error) : null,
    forget: mutation.reset,
    /** Nothing happens while another one is on its way. */
    take: (step: Step, onTaken?: () => void) => {
      if (!mutation.isPending) mutation.mutate({ step, onTaken });
    },
  };
}

function send({ kind, record, note = null }: Step, by: By): Promise<Review> {
  const id = record.transaction_id;
  if (kind === 'claim') return claimReview(id, by);
  if (kind === 'release') return releaseReview(id, by);
  if (kind === 'undo') return undoReview(id, by);
  return decideReview(id, { by, decision: kind, note });
}

/** "Blocked txn_1.", "txn_1 is yours until 10:30:00.", "Undone: txn_1 waits again." */
export function doneWords({ kind, record }: Pick<Step, 'kind' | 'record'>, review: Pick<Review, 'claim_until'>): string {
  const id = record.transaction_id;
  if (kind === 'claim') return review.claim_until ? `${id} is yours until ${timeOfDay(review.claim_until)}.` : `${id} is yours.`;
  if (kind === 'release') return `${id} is given back.`;
  if (kind === 'undo') return `Undone: ${id} waits again.`;
  return `${kind === 'block' ? 'Blocked' : 'Approved'} ${id}.`;
}
