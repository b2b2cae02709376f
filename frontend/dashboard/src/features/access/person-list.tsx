'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Notice } from '@/components/ui/notice';
import { TableRegion } from '@/components/ui/table-region';
import { useRemoval, type Person } from '@/lib/api/people';
import { dayAndTime } from '@/lib/format';
import styles from './access.module.css';
import { Confirm } from './confirm';
import { RolesWindow } from './roles-window';

/** Who may sign in, as what, and since when; other roles, and the end of it. */
export function PersonList({ people, isOld }: { people: readonly Person[]; isOld: boolean }) {
  const removal = useRemoval();
  const [asked, setAsked] = useState<{ person: Person; step: 'roles' | 'remove' } | null>(null);
  const close = () => {
    setAsked(null);
    removal.reset();
  };
  return (
    <Card title="People" isOld={isOld}>
      {people.length === 0 ? (
        <Notice>Nobody yet. Invite somebody below: an admin first.</Notice>
      ) : (
        <TableRegion name="Table of people">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Roles</th>
              <th scope="col">Signs in with</th>
              <th scope="col">Last sign-in</th>
              <th scope="col">Steps</th>
            </tr>
          </thead>
          <tbody>
            {people.map((person) => (
              <tr key={person.id}>
                <th scope="row">
                  {person.name} <span className="small muted">{person.email}</span>
                </th>
                <td>{person.roles.join(', ')}</td>
                <td>{person.signs_in_with === 'oidc' ? 'the provider, which also says the roles' : 'a password'}</td>
                <td>{person.last_sign_in_at ? dayAndTime(person.last_sign_in_at) : 'never'}</td>
                <td>
                  <div className={styles.actions}>
                    <Button aria-label={`Roles of ${person.name}`} onClick={() => setAsked({ person, step: 'roles' })}>
                      Roles
                    </Button>
                    <Button kind="danger" aria-label={`Remove ${person.name}`} onClick={() => setAsked({ person, step: 'remove' })}>
                      Remove
                    </Button>
                  </div>
                </td>
              </tr>
            ))}
          </tbody>
        </TableRegion>
      )}
      {asked?.step === 'roles' && <RolesWindow person={asked.person} onClose={close} />}
      {asked?.step === 'remove' && (
        <Confirm
          title={`Remove ${asked.person.name}?`}
          does="Remove"
          step={removal}
          onConfirm={() => removal.mutate(asked.person.id, { onSuccess: close })}
          onClose={close}
        >
          Their sessions end within 2 seconds. What they did stays on record under their name.
        </Confirm>
      )}
    </Card>
  );
}
