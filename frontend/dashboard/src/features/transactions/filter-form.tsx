'use client';

import type { FocusEvent, FormEvent } from 'react';
import { Button } from '@/components/ui/button';
import { SelectField, TextField } from '@/components/ui/field';
import type { Problems } from './checks';
import styles from './filter-form.module.css';
import type { Field, Filters } from './fields';
import { toAddressTime, toFieldTime, zoneName } from './local-time';
import { useFilterForm } from './use-filter-form';

const DECISIONS = [['', 'Any'], ['approve', 'Approved'], ['review', 'Review'], ['block', 'Blocked']] as const;
const SCORED = [['', 'Any'], ['true', 'Scored'], ['false', 'Unscored']] as const;
const FLIPPED = [['', 'Any'], ['true', 'Would differ'], ['false', 'The same, or none']] as const;
const REVIEWS = [['', 'Any'], ['open', 'Waits for a person'], ['claimed', 'Claimed'], ['decided', 'Decided']] as const;

const HALF = 'half a time'; // never a time: a field that is filled in half has no value to show

/** Search and filters. `problems`: of the address, and those that the gateway named, by field. */
export function FilterForm({ filters, problems }: { filters: Filters; problems: Problems }) {
  const form = useFilterForm(filters);
  const { shown } = form;
  const text = (field: Field) => ({
    value: shown[field] ?? '',
    error: form.problems[field] ?? problems[field],
    autoComplete: 'off',
    spellCheck: false,
    onChange: ({ target }: { target: HTMLInputElement }) => form.type(field, target.value),
  });
  const choice = (field: Field) => ({
    value: shown[field] ?? '',
    error: form.problems[field] ?? problems[field],
    onChange: ({ target }: { target: HTMLSelectElement }) => form.choose(field, target.value),
  });
  const time = (field: Field) => ({
    ...text(field),
    type: 'datetime-local',
    value: toFieldTime(shown[field] ?? ''),
    onChange: ({ target }: { target: HTMLInputElement }) =>
      form.type(field, target.validity.badInput ? HALF : toAddressTime(target.value)),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    form.settle();
  };
  const leave = (event: FocusEvent) => event.target instanceof HTMLInputElement && form.settle();
  const zone = zoneName();
  return (
    <form role="search" aria-label="Transactions" className={styles.form} onSubmit={submit} onBlur={leave} noValidate>
      <div className={styles.wide}>
        <TextField label="Search ids" hint="Transaction, user or merchant ids that begin with it" {...text('text')} type="search" />
      </div>
      <SelectField label="Verdict" options={DECISIONS} {...choice('decision')} />
      <SelectField label="Outcome" options={SCORED} {...choice('scored')} />
      <SelectField label="Later score" options={FLIPPED} {...choice('flipped')} />
      <SelectField label="Review queue" options={REVIEWS} {...choice('review')} />
      <TextField label="User" {...text('user_id')} />
      <TextField label="Merchant" {...text('merchant_id')} />
      <TextField label="Amount from" inputMode="decimal" {...text('amount_min')} />
      <TextField label="Amount to" inputMode="decimal" {...text('amount_max')} />
      <div className={styles.time}>
        <TextField label={`Time from (${zone})`} {...time('created_from')} />
      </div>
      <div className={styles.time}>
        <TextField label={`Time to (${zone})`} {...time('created_to')} />
      </div>
      <div className={styles.clear}>
        <Button onClick={form.clear}>Clear all</Button>
      </div>
      <button type="submit" className="visually-hidden">
        Search
      </button>
    </form>
  );
}
