'use client';

import type { MouseEvent } from 'react';
import { VerdictChip } from '@/components/record/verdict-chip';
import { Button } from '@/components/ui/button';
import { Chip } from '@/components/ui/chip';
import { isPlainClick, openWindow } from '@/lib/address';
import { ago, amount, dayAndTime, minorAmount, timeOfDay } from '@/lib/format';
import { decisionWord } from '@/lib/record/words';
import styles from './reviews.module.css';
import { goneWord, topReason, whyItWaits, type Waiting } from './waiting';

export type StepKind = 'claim' | 'release' | 'approve' | 'block';

/**
 * One review: what is at stake, why it waits, who has it, and what may be done. `me` is who looks. `isGone`: it has left
 * the list meanwhile, stays where it stands for whoever is at it, and nothing can be done with it. `isRefused`: whoever looks
 * may not decide; the page says why.
 */
export function Item({
  record,
  me,
  currency,
  nowMs,
  isOld,
  isGone,
  isRefused,
  failure,
  onStep,
}: {
  record: Waiting;
  me: string;
  currency: string | undefined;
  nowMs: number;
  isOld: boolean;
  isGone: boolean;
  isRefused: boolean;
  failure: string | null;
  onStep: (kind: StepKind) => void;
}) {
  const { review, transaction_id: id } = record;
  const isMine = review.state === 'claimed' && review.claimed_by === me;
  const isFree = review.state === 'open';
  const open = (event: MouseEvent) => {
    if (!isPlainClick(event)) return;
    event.preventDefault();
    openWindow('tx', id);
  };
  const button = (kind: StepKind, word: string) => (
    <Button aria-label={`${word} ${id}`} aria-disabled={isGone || isRefused} kind={kind === 'block' ? 'danger' : 'plain'} onClick={() => onStep(kind)}>
      {word}
    </Button>
  );
  const reason = topReason(record);
  return (
    <li data-id={id} data-mine={isMine || undefined} data-gone={isGone || undefined} className={styles.item}>
      <div className={styles.stake}>
        <p className={styles.figure}>{stakeWords(record, currency)}</p>
        <p className="small muted">at stake</p>
        <p className={`small muted ${styles.held}`}>{record.currency !== currency && amount(record.amount, record.currency)}</p>
      </div>
      <div className={styles.about}>
        <p className={`${styles.line} ${styles.first}`}>
          <a href={`?tx=${encodeURIComponent(id)}`} title={id} className="mono" onClick={open}>
            {id}
          </a>
          <VerdictChip record={record} isOld={isOld} />
          {isGone && <Chip tone="warn">{goneWord(record, 'open')}</Chip>}
          <span className="small muted">
            since{' '}
            <time dateTime={review.since} title={dayAndTime(review.since)}>
              {timeOfDay(review.since)}
            </time>
            {nowMs > 0 && `, ${ago(review.since, nowMs)}`}
          </span>
        </p>
        <p className={styles.words} title={whyItWaits(record)}>
          {whyItWaits(record)}
        </p>
        <p className={`small muted ${styles.words}`} title={reason ?? undefined}>
          {reason && `${reason} · `}
          <span className="mono">{record.user_id}</span> at <span className="mono">{record.merchant_id ?? 'no merchant'}</span>
        </p>
        <p className={`small ${styles.held}`}>{holderWords(record, me)}</p>
        {failure && <p className={styles.failure}>{failure}</p>}
      </div>
      <div className={styles.actions}>
        {(isFree || (isGone && !isMine)) && button('claim', 'Claim')}
        {isMine && button('release', 'Release')}
        {(isFree || isMine || isGone) && button('approve', 'Approve')}
        {(isFree || isMine || isGone) && button('block', 'Block')}
      </div>
    </li>
  );
}

function stakeWords({ review }: Waiting, currency: string | undefined): string {
  if (review.amount_reference_minor === null) return 'No rate';
  return minorAmount(review.amount_reference_minor, currency ?? '').trim();
}

/** Who has it, or what they made of it. */
export function holderWords({ review }: Waiting, me: string): string {
  if (review.state === 'claimed' && review.claim_until) {
    return `${review.claimed_by === me ? 'Yours' : `${review.claimed_by} has it`} until ${timeOfDay(review.claim_until)}`;
  }
  if (review.state !== 'decided' || !review.decision || !review.decided_at) return '';
  const note = review.note ? `: “${review.note}”` : '';
  return `${decisionWord(review.decision)} by ${review.decided_by}, ${dayAndTime(review.decided_at)}${note}`;
}
