'use client';

import { useState, type FormEvent, type KeyboardEvent } from 'react';
import { Button } from '@/components/ui/button';
import { AreaField } from '@/components/ui/field';
import { Modal } from '@/components/ui/modal';
import type { ReviewDecision } from '@/lib/api/review-decision';
import { amount } from '@/lib/format';
import styles from './reviews.module.css';
import { whyItWaits, type Waiting } from './waiting';

const NOTE_CHARS_MAX = 1_000; // the gateway's bound
const WORDS: Record<ReviewDecision, string> = { approve: 'Approve', block: 'Block' };

/** Asks once more, because a decision stands. Enter in the note confirms, Escape cancels. */
export function DecideWindow({
  record,
  decision,
  isBusy,
  failure,
  onConfirm,
  onCancel,
}: {
  record: Waiting;
  decision: ReviewDecision;
  isBusy: boolean;
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
    <Modal title={`${word} ${record.transaction_id}?`} onClose={onCancel}>
      <form className={styles.decide} onSubmit={submit}>
        <p>
          {amount(record.amount, record.currency)}. {whyItWaits(record)}.
        </p>
        <AreaField
          label="Note (optional)"
          hint="Enter confirms, Escape cancels. A decision stands; only a label can correct it."
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
        <div className={styles.line}>
          <Button type="submit" kind={decision === 'block' ? 'danger' : 'primary'}>
            {word}
          </Button>
          <Button onClick={onCancel}>Cancel</Button>
          <span role="status" className="small muted">
            {isBusy && 'Sending'}
          </span>
        </div>
      </form>
    </Modal>
  );
}
