'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { TextField } from '@/components/ui/field';
import type { Faults } from '@/lib/api/faults';
import { injected } from '@/lib/faults-words';
import styles from './chaos.module.css';
import type { Wanted } from './confirm-faults';
import { BLANK, readMixture, toMixture, type Field } from './mixture';

const FIELDS: readonly [Field, string, string][] = [
  ['latency_rate', 'Slow, %', 'of the attempts to score'],
  ['latency_s', 'How slow, s', '0 to 60'],
  ['error_rate', 'Failing, %', 'of the attempts'],
  ['drop_rate', 'Never answered, %', 'of the attempts'],
  ['nan_rate', 'Not a number, %', 'of the answers'],
  ['wrong_id_rate', 'Wrong id, %', 'of the answers'],
  ['constant_score', 'Every score is', '0 to 1; empty: the model\u2019s'],
];

/** A mixture of one's own: every setting there is. Says what is wrong once somebody tries to switch it on. */
export function MixtureForm({ faults, onWant }: { faults: Faults; onWant: (wanted: Wanted) => void }) {
  const [typed, setTyped] = useState(BLANK);
  const [wasTried, setTried] = useState(false);
  const read = readMixture(typed);
  const errors = wasTried && 'errors' in read ? read.errors : {};
  const general = wasTried && 'errors' in read ? read.general : undefined;
  const on = injected(faults.brains).settings;
  return (
    <Card title="A mixture of your own">
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if ('settings' in read) onWant({ name: 'Your mixture', settings: read.settings, watch: null });
          else event.currentTarget.querySelector<HTMLInputElement>(`[name="${firstOf(read.errors)}"]`)?.focus();
        }}
      >
        <div className={styles.fields}>
          {FIELDS.map(([name, label, hint]) => (
            <TextField
              key={name}
              name={name}
              label={label}
              hint={hint}
              inputMode="decimal"
              autoComplete="off"
              value={typed[name]}
              onChange={(event) => setTyped({ ...typed, [name]: event.target.value })}
              {...(errors[name] && { error: errors[name] })}
            />
          ))}
        </div>
        <p role="alert" className={styles.general}>
          {general}
        </p>
        <div className={styles.actions}>
          <Button type="submit">
            Switch on this mixture
          </Button>
          <Button disabled={on === null} onClick={() => on && setTyped(toMixture(on))}>
            Fill in what is on
          </Button>
        </div>
      </form>
    </Card>
  );
}

/** In the order in which they stand. */
function firstOf(errors: Partial<Record<Field, string>>): Field {
  return FIELDS.map(([name]) => name).find((name) => errors[name] !== undefined) ?? 'latency_rate';
}
