'use client';

import { useRef, useState, type FormEvent } from 'react';
import { Button } from '@/components/ui/button';
import { TextField } from '@/components/ui/field';
import { ApiProblem } from '@/lib/api/client';
import { usePasswordChange } from '@/lib/api/sign-in';
import { NewPassword, useNewPassword } from './new-password';
import styles from './session.module.css';
import { joinFailure } from './words';

/** Changes the password of whoever is signed in. `about`: what it must not be. */
export function PasswordForm({ about }: { about: readonly string[] }) {
  const [current, setCurrent] = useState('');
  const [wasTried, setTried] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const password = useNewPassword(about);
  const step = usePasswordChange();
  const refusal = (pointer: string) =>
    step.error instanceof ApiProblem ? step.error.places.find((place) => place.pointer === pointer)?.detail : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (step.isPending) return;
    setTried(true);
    const first = current === '' ? 'current' : password.firstWrong;
    if (first) return form.current?.querySelector<HTMLElement>(`[name=${first}]`)?.focus();
    return step.mutate(
      { current_password: current, password: password.value },
      {
        onSuccess: () => {
          setCurrent('');
          password.setValue('');
          password.setAgain('');
          setTried(false);
        },
      },
    );
  };
  return (
    <form ref={form} noValidate className={styles.form} aria-label="Change your password" onSubmit={submit}>
      <TextField
        label="Password now"
        name="current"
        type="password"
        autoComplete="current-password"
        maxLength={1024}
        value={current}
        error={refusal('/current_password') ? 'This is not your password.' : wasTried && current === '' ? 'Your present password.' : undefined}
        onChange={({ target }) => setCurrent(target.value)}
      />
      <NewPassword password={password} wasTried={wasTried} refusal={refusal('/password')} />
      <div className={styles.actions}>
        <Button type="submit" aria-disabled={step.isPending}>
          {step.isPending ? 'Changing' : 'Change password'}
        </Button>
        <span role="status" className="small">
          {step.isSuccess && 'Changed. Your other sessions have ended.'}
        </span>
      </div>
      <p role="alert" className={styles.failure}>
        {step.error && joinFailure(step.error)}
      </p>
    </form>
  );
}
