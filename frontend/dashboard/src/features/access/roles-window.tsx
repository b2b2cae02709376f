'use client';

import { useState, type FormEvent } from 'react';
import { Button } from '@/components/ui/button';
import { Modal } from '@/components/ui/modal';
import { ROLES } from '@/lib/access/words';
import { useRolesChange, type Person } from '@/lib/api/people';
import { toStepMessage } from '@/lib/problem';
import styles from './access.module.css';
import { Choices } from './choices';

/** Other roles for a person, which hold within 2 s, for open sessions too. */
export function RolesWindow({ person, onClose }: { person: Person; onClose: () => void }) {
  const [roles, setRoles] = useState(person.roles);
  const step = useRolesChange();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (roles.length > 0 && !step.isPending) step.mutate({ id: person.id, roles }, { onSuccess: onClose });
  };
  return (
    <Modal title={`Roles of ${person.name}`} isBusy={step.isPending} onClose={onClose}>
      <form className={styles.form} onSubmit={submit}>
        <Choices
          legend="What this person may do"
          options={ROLES}
          chosen={roles}
          error={roles.length === 0 ? 'Choose a role, or remove the person instead.' : undefined}
          onChange={setRoles}
        />
        <p role="alert" className={styles.failure}>
          {step.error && toStepMessage(step.error)}
        </p>
        <div className={styles.actions}>
          <Button type="submit" kind="primary" aria-disabled={roles.length === 0 || step.isPending}>
            Save roles
          </Button>
          <Button aria-disabled={step.isPending} onClick={() => !step.isPending && onClose()}>
            Leave them
          </Button>
        </div>
      </form>
    </Modal>
  );
}
