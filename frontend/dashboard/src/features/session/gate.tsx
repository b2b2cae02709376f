'use client';

import { usePathname } from 'next/navigation';
import { Fragment, lazy, Suspense, useState, type ReactNode } from 'react';
import { Card } from '@/components/ui/card';
import { Loading } from '@/components/ui/notice';
import type { Me } from '@/lib/api/me';
import { usePolling } from '@/lib/polling';

const SignInForm = lazy(() => import('./sign-in-form').then((module) => ({ default: module.SignInForm })));
const SessionOver = lazy(() => import('./session-over').then((module) => ({ default: module.SessionOver })));

const FORM_REM = 16;
const OPEN = ['/sign-in/', '/join/']; // pages of those who are not known yet

/**
 * Lets a page be seen by whoever the gateway knows. Who is not known signs in in its place, and so is where the address
 * leads. Where a session ends under an open page, a window over it asks: what was typed stays. Another person gets a page
 * that holds nothing of the one before.
 */
export function Gate({ children }: { children: ReactNode }) {
  const { who } = usePolling();
  const path = usePathname();
  const [last, setLast] = useState<{ me: Me; turn: number } | null>(null);
  if (who?.me && (last === null || identity(who.me) !== identity(last.me))) {
    setLast({ me: who.me, turn: last === null ? 0 : last.turn + 1 });
  }
  if (OPEN.some((page) => `${path}/`.startsWith(page))) return children;
  if (who?.me === null && last === null) {
    return (
      <>
        <h1 className="visually-hidden">Sign in</h1>
        <Suspense fallback={<Loading heightRem={FORM_REM} />}>
          <Card title="Sign in to see this page">
            <SignInForm auth={who.auth} />
          </Card>
        </Suspense>
      </>
    );
  }
  return (
    <>
      <Fragment key={last?.turn ?? 0}>{children}</Fragment>
      {who?.me === null && last && (
        <Suspense fallback={null}>
          <SessionOver auth={who.auth} last={last.me} />
        </Suspense>
      )}
    </>
  );
}

function identity({ kind, name, email }: Me): string {
  return JSON.stringify([kind, name, email]);
}
