'use client';

import Link from 'next/link';
import { Button } from '@/components/ui/button';
import { useSignOutHere } from '@/lib/access/use-sign-out';
import type { Me } from '@/lib/api/me';
import { usePolling } from '@/lib/polling';
import styles from './shell.module.css';

/** Who uses the page, and the way out; that it is a demo, where it is one. Its place is always there, and as high. */
export function Account() {
  const { who } = usePolling();
  return (
    <div className={styles.account}>
      {who?.auth === 'demo' && <p className={styles.demo}>Demo: anyone on this machine can post payments</p>}
      {who && <p className={styles.who}>{who.me === null ? 'Nobody is signed in' : <Known me={who.me} />}</p>}
    </div>
  );
}

function Known({ me }: { me: Me }) {
  const { signOut, failure } = useSignOutHere();
  if (me.kind === 'demo') return null;
  if (me.kind === 'key') return <Link href="/account/" prefetch={false}>{me.name}</Link>;
  return (
    <>
      <Link href="/account/" prefetch={false} title={me.email ?? undefined}>
        {me.name}
      </Link>
      <span className={styles.roles}>{me.roles.join(', ')}</span>
      <Button onClick={signOut}>Sign out</Button>
      {failure && <span role="alert">{failure}</span>}
    </>
  );
}
