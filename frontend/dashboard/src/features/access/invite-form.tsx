'use client';

import { useRef, useState, type FormEvent } from 'react';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { TextField } from '@/components/ui/field';
import { ROLES } from '@/lib/access/words';
import type { Role } from '@/lib/api/me';
import { useInvitation } from '@/lib/api/people';
import { toStepMessage } from '@/lib/problem';
import styles from './access.module.css';
import { Choices } from './choices';
import { Secret } from './secret';

/** Invites somebody, and shows the link once. */
export function InviteForm() {
  const [email, setEmail] = useState('');
  const [roles, setRoles] = useState<Role[]>(['viewer']);
  const [wasTried, setTried] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const step = useInvitation();
  const lacks = { email: !/^\S+@\S+$/.test(email.trim()), roles: roles.length === 0 };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (step.isPending) return;
    const first = lacks.email ? '[name=email]' : lacks.roles ? '[type=checkbox]' : null;
    if (first) form.current?.querySelector<HTMLElement>(first)?.focus();
    else step.mutate({ email: email.trim(), roles });
  };
  const close = () => {
    step.reset();
    setEmail('');
    setRoles(['viewer']);
    setTried(false);
  };
  return (
    <Card title="Invite somebody">
      <form ref={form} noValidate className={styles.form} onSubmit={submit}>
        <TextField
          label="Email"
          name="email"
          type="email"
          autoComplete="off"
          spellCheck={false}
          maxLength={254}
          error={wasTried && lacks.email ? 'An email address, such as ada@example.com.' : undefined}
          hint="Nothing is sent: you hand the link over yourself."
          value={email}
          onChange={({ target }) => setEmail(target.value)}
        />
        <Choices
          legend="Roles"
          options={ROLES}
          chosen={roles}
          error={wasTried && lacks.roles ? 'Choose a role.' : undefined}
          onChange={setRoles}
        />
        <div className={styles.actions}>
          <Button type="submit" kind="primary" aria-disabled={step.isPending}>
            Make a link
          </Button>
          <span role="alert" className={styles.failure}>
            {step.error && toStepMessage(step.error)}
          </span>
        </div>
      </form>
      {step.data && (
        <Secret title={`The link for ${step.data.email}`} what="link" text={step.data.link} onClose={close}>
          Whoever has it can join with these roles, once, within 7 days. Hand it to this person and to nobody else.
        </Secret>
      )}
    </Card>
  );
}
