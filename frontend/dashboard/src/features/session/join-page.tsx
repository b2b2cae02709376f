'use client';

import Link from 'next/link';
import { useRef, useState, useSyncExternalStore, type FormEvent } from 'react';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { TextField } from '@/components/ui/field';
import { Notice } from '@/components/ui/notice';
import { ApiProblem } from '@/lib/api/client';
import { useJoin } from '@/lib/api/sign-in';
import { NewPassword, useNewPassword } from './new-password';
import styles from './session.module.css';
import { joinFailure } from './words';

/** Where the link of an invitation leads. Its token stands behind the #, which no browser sends anywhere. */
export function JoinPage() {
  const token = useToken();
  const step = useJoin();
  return (
    <div className={styles.page}>
      <h1>Join</h1>
      {step.data ? (
        <Card title={`Welcome, ${step.data.name}`}>
          <p role="status">
            You are signed in as {step.data.roles.join(', ')}.{' '}
            <Link href="/" prefetch={false}>
              Go to the overview
            </Link>
          </p>
        </Card>
      ) : (
        <Card title="Say who you are, and choose a password">
          {token === '' ? (
            <Notice>This address is not whole: open the link as you were given it, with all that stands behind the #.</Notice>
          ) : (
            <JoinForm token={token} step={step} />
          )}
        </Card>
      )}
    </div>
  );
}

function JoinForm({ token, step }: { token: string; step: ReturnType<typeof useJoin> }) {
  const [name, setName] = useState('');
  const [wasTried, setTried] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const password = useNewPassword([name]);
  const refusal = (pointer: string) =>
    step.error instanceof ApiProblem ? step.error.places.find((place) => place.pointer === pointer)?.detail : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (step.isPending) return;
    setTried(true);
    const first = name.trim() === '' ? 'name' : password.firstWrong;
    if (first) form.current?.querySelector<HTMLElement>(`[name=${first}]`)?.focus();
    else step.mutate({ token, name: name.trim(), password: password.value });
  };
  return (
    <form ref={form} noValidate className={styles.form} aria-label="Join" onSubmit={submit}>
      <TextField
        label="Your name"
        name="name"
        hint="As colleagues know you: it is put on record with what you do."
        error={(wasTried && name.trim() === '' ? 'Your name.' : undefined) ?? sentence(refusal('/name'))}
        autoComplete="name"
        maxLength={64}
        value={name}
        onChange={({ target }) => setName(target.value)}
      />
      <NewPassword password={password} wasTried={wasTried} refusal={sentence(refusal('/password'))} />
      <div className={styles.actions}>
        <Button type="submit" kind="primary" aria-disabled={step.isPending}>
          {step.isPending ? 'Joining' : 'Join'}
        </Button>
      </div>
      <p role="alert" className={styles.failure}>
        {step.error && joinFailure(step.error)}
      </p>
    </form>
  );
}

function sentence(detail: string | undefined): string | undefined {
  return detail && `It ${detail}${detail.endsWith('.') ? '' : '.'}`;
}

/** What stands behind the # of the address; empty in the built page, and where nothing does. */
function useToken(): string {
  return useSyncExternalStore(
    (listener) => {
      window.addEventListener('hashchange', listener);
      return () => window.removeEventListener('hashchange', listener);
    },
    () => window.location.hash.slice(1),
    () => '',
  );
}
