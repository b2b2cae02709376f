'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { Button } from '@/components/ui/button';
import { SelectField } from '@/components/ui/field';
import { LABEL_SOURCES, putLabel, type LabelSource } from '@/lib/api/label';
import { renewTransaction } from '@/lib/api/transaction';
import type { TransactionRecord } from '@/lib/api/transactions';
import { dayAndTime } from '@/lib/format';
import { toStepMessage } from '@/lib/problem';
import { labelSentence } from '@/lib/record/timeline';
import styles from './detail.module.css';

const SOURCES = LABEL_SOURCES.map((source) => [source, source] as const);

/** What it turned out to be: shown, and said or corrected in two steps. */
export function LabelForm({ record }: { record: TransactionRecord }) {
  const { label } = record;
  const client = useQueryClient();
  const [isFraud, setFraud] = useState<boolean | null>(null);
  const [source, setSource] = useState<LabelSource>('analyst');
  const [isAsking, setAsking] = useState(false);
  const step = useMutation({
    mutationFn: (said: { isFraud: boolean }) => putLabel(record.transaction_id, { ...said, source }),
    onSuccess: () => renewTransaction(client, record.transaction_id),
    onSettled: () => setAsking(false),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isFraud === null || step.isPending) return;
    if (isAsking) step.mutate({ isFraud });
    else setAsking(true);
  };
  const change = (set: () => void) => () => {
    set();
    setAsking(false);
    step.reset();
  };
  return (
    <form aria-labelledby="label" className={styles.label} onSubmit={submit}>
      <h3 id="label">Label</h3>
      <p>
        {label
          ? `${labelSentence(label)}, known since ${dayAndTime(label.known_at)}.`
          : 'None yet: nobody has said what it turned out to be. After 7 days it counts as genuine.'}
      </p>
      <fieldset className={styles.choices}>
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
          value={source}
          onChange={({ target }) => change(() => setSource(target.value as LabelSource))()}
        />
        <Button type="submit" kind={isAsking ? 'primary' : 'plain'} disabled={isFraud === null}>
          {isAsking ? `Yes, label it ${isFraud ? 'fraud' : 'genuine'}` : label ? 'Correct label' : 'Set label'}
        </Button>
        {isAsking && <Button onClick={() => setAsking(false)}>Cancel</Button>}
      </div>
      <p role="status" className="small" data-failed={step.isError || undefined}>
        {isAsking && !step.isPending && 'Later payments of this user and at this merchant are scored by it from now on.'}
        {step.isPending && 'Sending'}
        {step.isSuccess && `${labelSentence(step.data)}.`}
        {step.isError && toStepMessage(step.error)}
      </p>
    </form>
  );
}
