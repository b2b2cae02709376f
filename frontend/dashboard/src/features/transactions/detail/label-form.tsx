'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState, type FormEvent, type KeyboardEvent } from 'react';
import { Button } from '@/components/ui/button';
import { SelectField } from '@/components/ui/field';
import { useRefusal } from '@/lib/access/use-refusal';
import { LABEL_SOURCES, putLabel, type LabelSource } from '@/lib/api/label';
import { renewTransaction } from '@/lib/api/transaction';
import type { TransactionRecord } from '@/lib/api/transactions';
import { dayAndTime } from '@/lib/format';
import { toStepMessage } from '@/lib/problem';
import { labelSentence } from '@/lib/record/timeline';
import { ConfirmLabel } from './confirm-label';
import styles from './detail.module.css';

const SOURCES = LABEL_SOURCES.map((source) => [source, source] as const);

/** What it turned out to be: shown, and said or corrected in two steps. */
export function LabelForm({ record }: { record: TransactionRecord }) {
  const { label } = record;
  const client = useQueryClient();
  const [isFraud, setFraud] = useState<boolean | null>(null);
  const [source, setSource] = useState<LabelSource>('analyst');
  const [isAsking, setAsking] = useState(false);
  const first = useRef<HTMLButtonElement>(null);
  const no = useRefusal('labels:write', 'Setting a label');
  const close = () => {
    first.current?.focus(); // what holds the focus is about to go
    setAsking(false);
  };
  const step = useMutation({
    mutationFn: (said: { isFraud: boolean }) => putLabel(record.transaction_id, { ...said, source }),
    onSuccess: () => renewTransaction(client, record.transaction_id),
    onSettled: close,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isFraud !== null && !step.isPending) setAsking(true);
  };
  const change = (set: () => void) => () => {
    set();
    setAsking(false);
    step.reset();
  };
  // a key that is held down would ask, cancel and ask again
  const press = (event: KeyboardEvent) => event.key === 'Enter' && event.repeat && event.preventDefault();
  return (
    <form aria-labelledby="label" className={styles.label} onSubmit={submit} onKeyDown={press}>
      <h3 id="label">Label</h3>
      <p>
        {label
          ? `${labelSentence(label)}, known since ${dayAndTime(label.known_at)}.`
          : 'None yet: nobody has said what it turned out to be. After 7 days it counts as genuine.'}
      </p>
      {no && <p className="small muted">{no}</p>}
      <fieldset className={styles.choices} disabled={no !== null}>
        <legend>{label ? 'Correct it' : 'It turned out to be'}</legend>
        <label>
          <input type="radio" name="is_fraud" checked={isFraud === true} onChange={change(() => setFraud(true))} /> Fraud
        </label>
        <label>
          <input type="radio" name="is_fraud" checked={isFraud === false} onChange={change(() => setFraud(false))} /> Genuine
        </label>
      </fieldset>
      <div className={styles.step}>
        <SelectField
          label="Who says so"
          options={SOURCES}
          disabled={no !== null}
          value={source}
          onChange={({ target }) => change(() => setSource(target.value as LabelSource))()}
        />
        {/* it keeps its place while the other step is asked for elsewhere: a second click here does nothing */}
        <Button ref={first} type="submit" disabled={isFraud === null || no !== null} aria-disabled={isAsking}>
          {label ? 'Correct label' : 'Set label'}
        </Button>
      </div>
      {isAsking && isFraud !== null && (
        <ConfirmLabel isFraud={isFraud} isBusy={step.isPending} onConfirm={() => step.mutate({ isFraud })} onCancel={close} />
      )}
      <p role="status" className="small" data-failed={step.isError || undefined}>
        {step.isPending && 'Sending'}
        {step.isSuccess && `${labelSentence(step.data)}.`}
        {step.isError && toStepMessage(step.error)}
      </p>
    </form>
  );
}
