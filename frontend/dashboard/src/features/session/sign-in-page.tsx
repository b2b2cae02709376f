'use client';

import Link from 'next/link';
import { useSyncExternalStore } from 'react';
import { Card } from '@/components/ui/card';
import { usePolling } from '@/lib/polling';
import styles from './session.module.css';
import { SignInForm } from './sign-in-form';
import { providerFailure } from './words';

/** Where people sign in who come from nowhere else, and where a provider sends those back whom it did not let in. */
export function SignInPage() {
  const { who } = usePolling();
  const problem = useProblem();
  return (
    <div className={styles.page}>
      <h1>Sign in</h1>
      <p role="alert" className={styles.failure}>
        {!who?.me && problem && providerFailure(problem)}
      </p>
      {who?.me ? (
        <Card title={`You are signed in as ${who.me.name}`}>
          <p>
            <Link href="/" prefetch={false}>
              Go to the overview
            </Link>
            , or close this tab and go on where you were.
          </p>
        </Card>
      ) : (
        <Card title="Who are you?">
          <SignInForm auth={who?.auth ?? null} />
        </Card>
      )}
    </div>
  );
}

/** `?problem=` of the address; the built page knows none. */
function useProblem(): string | null {
  return useSyncExternalStore(
    () => () => {},
    () => new URLSearchParams(window.location.search).get('problem'),
    () => null,
  );
}
