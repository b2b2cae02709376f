'use client';

import { Card } from '@/components/ui/card';
import { Part } from '@/components/ui/part';
import { useRefusal } from '@/lib/access/use-refusal';
import { keysQuery } from '@/lib/api/keys';
import { peopleQuery } from '@/lib/api/people';
import { usePolled } from '@/lib/polling';
import styles from './access.module.css';
import { Invitations } from './invitations';
import { KeyForm } from './key-form';
import { KeyList } from './key-list';
import { InviteForm } from './invite-form';
import { PersonList } from './person-list';

/** Who may come in: people with their roles, programs with their keys. For admins. */
export function AccessPage() {
  const no = useRefusal('admin', 'This page');
  return (
    <div className={styles.page}>
      <h1>Access</h1>
      {no === null ? (
        <>
          <People />
          <Keys />
        </>
      ) : (
        <Card title="Not for you">
          <p>{no}</p>
        </Card>
      )}
    </div>
  );
}

function People() {
  return (
    <>
      <Part title="People" query={usePolled(peopleQuery)} heightRem={20}>
        {({ people, invitations }, isOld) => (
          <>
            <PersonList people={people} isOld={isOld} />
            <Invitations invitations={invitations} isOld={isOld} />
          </>
        )}
      </Part>
      <InviteForm />
    </>
  );
}

function Keys() {
  return (
    <>
      <Part title="Keys" query={usePolled(keysQuery)} heightRem={20}>
        {({ keys }, isOld) => <KeyList keys={keys} isOld={isOld} />}
      </Part>
      <KeyForm />
    </>
  );
}
