'use client';

import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Loading } from '@/components/ui/notice';
import { ROLES } from '@/lib/access/words';
import type { Me } from '@/lib/api/me';
import { dayAndTime } from '@/lib/format';
import { useSignOutHere } from '@/lib/access/use-sign-out';
import { usePolling } from '@/lib/polling';
import { PasswordForm } from './password-form';
import styles from './session.module.css';

/** Who is signed in, what that person may do, and the way out. */
export function AccountPage() {
  const me = usePolling().who?.me;
  return (
    <div className={styles.page}>
      <h1>Account</h1>
      {me ? <Account me={me} /> : <Loading heightRem={30} />}
    </div>
  );
}

function Account({ me }: { me: Me }) {
  const { signOut, failure } = useSignOutHere();
  return (
    <>
      <Card title={me.kind === 'person' ? me.name : NOT_A_PERSON[me.kind]}>
        <dl className={styles.facts}>
          {me.email !== null && (
            <>
              <dt>Email</dt>
              <dd>{me.email}</dd>
            </>
          )}
          {me.kind === 'key' && (
            <>
              <dt>Key</dt>
              <dd>{me.name}</dd>
            </>
          )}
          {me.kind === 'person' && (
            <>
              <dt>May</dt>
              <dd>
                <ul>
                  {ROLES.filter(([role]) => me.roles.includes(role)).map(([role, may]) => (
                    <li key={role}>
                      {role}: {may}
                    </li>
                  ))}
                </ul>
              </dd>
            </>
          )}
          {me.expires_at !== null && (
            <>
              <dt>Ends</dt>
              <dd>{dayAndTime(me.expires_at)} at the latest; sooner when nothing is asked for an hour.</dd>
            </>
          )}
        </dl>
        {me.kind === 'person' && (
          <div className={styles.actions}>
            <Button onClick={signOut}>Sign out</Button>
            <span role="status" className={styles.failure}>
              {failure}
            </span>
          </div>
        )}
      </Card>
      {me.kind === 'person' && (
        <Card title="Change your password">
          <PasswordForm about={[me.name, me.email ?? '']} />
        </Card>
      )}
    </>
  );
}

const NOT_A_PERSON = { key: 'This page is opened with a key', demo: 'Nobody is asked who they are here' } as const;
