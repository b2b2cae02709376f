'use client';

import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { Button } from '@/components/ui/button';
import { TextField } from '@/components/ui/field';
import { Loading, Notice } from '@/components/ui/notice';
import { signInOptionsQuery, useSignIn } from '@/lib/api/sign-in';
import styles from './session.module.css';
import { signInFailure } from './words';

const FORM_REM = 14;
const DONE = '/dashboard/sign-in/'; // says so, and who

/**
 * Signs somebody in, as the gateway lets people sign in. Says why it cannot be done, where that is so. `email`: of whoever
 * was here before; `isOverPage`: something is typed below, so another place to sign in opens in another tab.
 */
export function SignInForm({ auth, email: before = null, isOverPage = false }: { auth: string | null; email?: string | null; isOverPage?: boolean }) {
  const [email, setEmail] = useState(before ?? '');
  const [password, setPassword] = useState('');
  const [lacks, setLacks] = useState<'email' | 'password' | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const options = useQuery(signInOptionsQuery);
  const step = useSignIn();
  useEffect(() => {
    if (step.isError) form.current?.querySelector<HTMLElement>('[type=password]')?.focus();
  }, [step.isError]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (step.isPending) return;
    const first = !email.includes('@') ? 'email' : password === '' ? 'password' : null;
    setLacks(first);
    if (first) form.current?.querySelector<HTMLElement>(`[name=${first}]`)?.focus();
    else step.mutate({ email: email.trim(), password }, { onError: () => setPassword('') });
  };
  if (options.isPending) return <Loading heightRem={FORM_REM} />;
  const { password: hasPassword = true, oidc = null } = options.data ?? {};
  return (
    <div className={styles.form}>
      {auth === 'demo' && <p>This is a demo: payments are posted without a key from this machine, and all else asks who you are.</p>}
      {oidc && (
        <p>
          <a
            href={`/sign-in/oidc?next=${encodeURIComponent(isOverPage ? DONE : here())}`}
            className={styles.provider}
            {...(isOverPage && { target: '_blank', rel: 'noopener' })}
          >
            Sign in with {oidc.name}
          </a>
          {isOverPage && <span className="small muted"> in another tab; this page goes on by itself</span>}
        </p>
      )}
      {hasPassword && (
        <form ref={form} noValidate className={styles.form} aria-label="Sign in" onSubmit={submit}>
          <TextField
            label="Email"
            name="email"
            type="email"
            autoComplete="username"
            spellCheck={false}
            maxLength={254}
            value={email}
            error={lacks === 'email' ? 'An email address, such as ada@example.com.' : undefined}
            onChange={({ target }) => setEmail(target.value)}
          />
          <TextField
            label="Password"
            name="password"
            type="password"
            autoComplete="current-password"
            maxLength={1024}
            value={password}
            error={lacks === 'password' ? 'Your password.' : undefined}
            onChange={({ target }) => setPassword(target.value)}
          />
          <div className={styles.actions}>
            <Button type="submit" kind="primary" aria-disabled={step.isPending}>
              {step.isPending ? 'Signing in' : 'Sign in'}
            </Button>
          </div>
        </form>
      )}
      <p role="alert" className={styles.failure}>
        {step.error && signInFailure(step.error)}
      </p>
      {!hasPassword && !oidc && <Notice>Nobody can sign in here: neither passwords nor a provider are set up.</Notice>}
      <p className="small muted">No account? An admin invites you, on the page Access or with “sentinel people invite”.</p>
    </div>
  );
}

function here(): string {
  return window.location.pathname + window.location.search;
}
