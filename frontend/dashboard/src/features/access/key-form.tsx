'use client';

import { useRef, useState, type FormEvent } from 'react';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { AreaField, TextField } from '@/components/ui/field';
import { ApiProblem } from '@/lib/api/client';
import { useKeyCreation } from '@/lib/api/keys';
import type { Scope } from '@/lib/api/me';
import { toStepMessage } from '@/lib/problem';
import styles from './access.module.css';
import { Choices } from './choices';
import { Secret } from './secret';
import { SCOPES, toExpiry, toNetworks } from './words';

const BLANK = { client: '', scopes: [] as Scope[], networks: '', day: '' };

/** Makes a key for a program, and shows it once. */
export function KeyForm() {
  const [typed, setTyped] = useState(BLANK);
  const [wasTried, setTried] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const step = useKeyCreation();
  const lacks = { client: typed.client.trim() === '', scopes: typed.scopes.length === 0 };
  const refusal = (pointer: string) =>
    step.error instanceof ApiProblem ? step.error.places.find((place) => place.pointer.startsWith(pointer))?.detail : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (step.isPending) return;
    const first = lacks.client ? '[name=client]' : lacks.scopes ? '[type=checkbox]' : null;
    if (first) return form.current?.querySelector<HTMLElement>(first)?.focus();
    return step.mutate({
      client: typed.client.trim(),
      scopes: typed.scopes,
      networks: toNetworks(typed.networks),
      expires_at: toExpiry(typed.day),
    });
  };
  const close = () => {
    step.reset();
    setTyped(BLANK);
    setTried(false);
  };
  return (
    <Card title="Create a key">
      <form ref={form} noValidate className={styles.form} onSubmit={submit}>
        <div className={styles.fields}>
          <TextField
            label="Client"
            name="client"
            hint="The program that will send it, such as checkout. It may have two keys at a time."
            error={wasTried && lacks.client ? 'Say which program it is for.' : refusal('/client')}
            autoComplete="off"
            maxLength={64}
            value={typed.client}
            onChange={({ target }) => setTyped({ ...typed, client: target.value })}
          />
          <TextField
            label="Good until the end of (optional)"
            name="day"
            type="date"
            hint="It does not expire without it."
            error={refusal('/expires_at')}
            value={typed.day}
            onChange={({ target }) => setTyped({ ...typed, day: target.value })}
          />
          <AreaField
            label="Networks (optional)"
            name="networks"
            hint="From where it may be used, such as 10.0.0.0/8; from everywhere without any."
            error={refusal('/networks')}
            rows={2}
            spellCheck={false}
            value={typed.networks}
            onChange={({ target }) => setTyped({ ...typed, networks: target.value })}
          />
        </div>
        <Choices
          legend="Scopes: what it may do"
          options={SCOPES}
          chosen={typed.scopes}
          error={wasTried && lacks.scopes ? 'Choose what it may do.' : undefined}
          onChange={(scopes) => setTyped({ ...typed, scopes })}
        />
        <div className={styles.actions}>
          <Button type="submit" kind="primary" aria-disabled={step.isPending}>
            Create key
          </Button>
          <span role="alert" className={styles.failure}>
            {step.error && toStepMessage(step.error)}
          </span>
        </div>
      </form>
      {step.data && (
        <Secret title={`The key of ${step.data.client}`} what="key" text={step.data.key} onClose={close}>
          Put it where the program finds its secrets. It works within 2 seconds.
        </Secret>
      )}
    </Card>
  );
}
