'use client';

import { useState, type FormEvent, type KeyboardEvent } from 'react';
import { Button } from '@/components/ui/button';
import { AreaField } from '@/components/ui/field';
import { Modal } from '@/components/ui/modal';
import { notTwice } from '@/components/ui/not-twice';
import type { ReviewDecision } from '@/lib/api/review-decision';
import { amount } from '@/lib/format';
import styles from './reviews.module.css';
import { whyItWaits, type Waiting } from './waiting';

const NOTE_CHARS_MAX = 1_000; // the gateway's bound
const WORDS: Record<ReviewDecision, string> = { approve: 'Approve', block: 'Block' };

/**
 * Asks once more: a decision can be undone for ten seconds only. Enter in the note confirms, Escape cancels. `isBusy`: some step is on its way,
 * and another has to wait; `isSent`: it is this one, which no cancelling takes back.
 */
export function DecideWindow({
  record,
  decision,
  isBusy,
  isSent,
  failure,
  onConfirm,
  onCancel,
}: {
  record: Waiting;
  decision: ReviewDecision;
  isBusy: boolean;
  isSent: boolean;
  failure: string | null;
  onConfirm: (note: string | null) => void;
  onCancel: () => void;
}) {
  const [note, setNote] = useState('');
  const word = WORDS[decision];
  const confirm = () => {
    if (!isBusy) onConfirm(note.trim() || null);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    confirm();
  };
  const press = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
    event.preventDefault();
    confirm();
  };
  return (
    <Modal title={`${word} ${record.transaction_id}?`} isBusy={isSent} onClose={onCancel}>
      <form className={styles.decide} onSubmit={submit}>
        <p>
          {amount(record.amount, record.currency)}. {whyItWaits(record)}.
        </p>
        <AreaField
          label="Note (optional)"
          hint="Enter confirms, Escape cancels. It can be undone for 10 s; then only a label can correct it."
          data-autofocus
          rows={2}
          maxLength={NOTE_CHARS_MAX}
          value={note}
          onChange={({ target }) => setNote(target.value.replace(/\s*[\r\n]+\s*/g, ' '))}
          onKeyDown={press}
        />
        {failure && (
          <p role="alert" className={styles.failure}>
            {failure}
          </p>
        )}
        <div className={styles.line} onClickCapture={notTwice}>
          <Button type="submit" aria-disabled={isBusy} kind={decision === 'block' ? 'danger' : 'primary'}>
            {word}
          </Button>
          <Button aria-disabled={isSent} onClick={() => !isSent && onCancel()}>
            Cancel
          </Button>
          <span role="status" className="small muted">
            {isSent ? 'Already sent' : isBusy && 'Sending what was asked for before'}
          </span>
        </div>
      </form>
    </Modal>
  );
}
