'use client';

import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { TableRegion } from '@/components/ui/table-region';
import { useWithdrawal, type Invitation } from '@/lib/api/people';
import { dayAndTime } from '@/lib/format';
import { toStepMessage } from '@/lib/problem';
import styles from './access.module.css';

/** Who was invited and has not joined. Nothing where nobody was. */
export function Invitations({ invitations, isOld }: { invitations: readonly Invitation[]; isOld: boolean }) {
  const withdrawal = useWithdrawal();
  if (invitations.length === 0) return null;
  return (
    <Card title="Invited" isOld={isOld}>
      <TableRegion name="Table of invitations">
        <thead>
          <tr>
            <th scope="col">Email</th>
            <th scope="col">Roles</th>
            <th scope="col">Good until</th>
            <th scope="col">Steps</th>
          </tr>
        </thead>
        <tbody>
          {invitations.map(({ id, email, roles, created_by, expires_at }) => (
            <tr key={id}>
              <th scope="row">{email}</th>
              <td>{roles.join(', ')}</td>
              <td>
                {dayAndTime(expires_at)} <span className="small muted">by {created_by}</span>
              </td>
              <td>
                <Button aria-label={`Withdraw ${email}`} aria-disabled={withdrawal.isPending} onClick={() => !withdrawal.isPending && withdrawal.mutate(id)}>
                  Withdraw
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </TableRegion>
      <p role="alert" className={styles.failure}>
        {withdrawal.error && toStepMessage(withdrawal.error)}
      </p>
    </Card>
  );
}
