'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Chip } from '@/components/ui/chip';
import { Notice } from '@/components/ui/notice';
import { TableRegion } from '@/components/ui/table-region';
import { useKeyRevocation, useKeyRotation, type Key } from '@/lib/api/keys';
import { dayAndTime } from '@/lib/format';
import { useNow } from '@/lib/now';
import styles from './access.module.css';
import { Confirm } from './confirm';
import { Secret } from './secret';
import { stateOf, usedWords } from './words';

const NOW_MS = 60_000;

/** The keys, with what each may do and when it was used; a second one, and the end of one. */
export function KeyList({ keys, isOld }: { keys: readonly Key[]; isOld: boolean }) {
  const nowMs = useNow(NOW_MS);
  const rotation = useKeyRotation();
  const revocation = useKeyRevocation();
  const [asked, setAsked] = useState<{ key: Key; step: 'rotate' | 'revoke' } | null>(null);
  const close = () => {
    setAsked(null);
    rotation.reset();
    revocation.reset();
  };
  return (
    <Card title="Keys" isOld={isOld}>
      {keys.length === 0 ? (
        <Notice>No key yet. Those of a key file are not listed.</Notice>
      ) : (
        <TableRegion name="Table of keys">
          <thead>
            <tr>
              <th scope="col">Client</th>
              <th scope="col">State</th>
              <th scope="col">May</th>
              <th scope="col">Use</th>
              <th scope="col">Steps</th>
            </tr>
          </thead>
          <tbody>
            {keys.map((key) => {
              const { tone, word } = stateOf(key, nowMs);
              return (
                <tr key={key.id}>
                  <th scope="row">
                    {key.client} <span className="mono small muted">{key.id}</span>
                  </th>
                  <td>
                    <Chip tone={tone} isOld={isOld}>
                      {isOld ? word.toLowerCase() : word}
                    </Chip>
                  </td>
                  <td>
                    {key.scopes.join(', ')}
                    {key.networks.length > 0 && <p className="small muted">from {key.networks.join(', ')}</p>}
                  </td>
                  <td>
                    {usedWords(key)}
                    <p className="small muted">
                      made {dayAndTime(key.created_at)} by {key.created_by}
                    </p>
                  </td>
                  <td>
                    {word === 'Good' && (
                      <div className={styles.actions}>
                        <Button aria-label={`Rotate ${key.client} ${key.id}`} onClick={() => setAsked({ key, step: 'rotate' })}>
                          Rotate
                        </Button>
                        <Button kind="danger" aria-label={`Revoke ${key.client} ${key.id}`} onClick={() => setAsked({ key, step: 'revoke' })}>
                          Revoke
                        </Button>
                      </div>
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </TableRegion>
      )}
      {asked?.step === 'rotate' && !rotation.data && (
        <Confirm
          title={`Rotate the key of ${asked.key.client}?`}
          does="Make a second key"
          step={rotation}
          onConfirm={() => rotation.mutate(asked.key.id)}
          onClose={close}
        >
          A second key is made that may do the same. The first stays good: revoke it once the program sends the new one.
        </Confirm>
      )}
      {rotation.data && (
        <Secret title={`The second key of ${rotation.data.client}`} what="key" text={rotation.data.key} onClose={close}>
          Let the program send it, then revoke the first.
        </Secret>
      )}
      {asked?.step === 'revoke' && (
        <Confirm
          title={`Revoke ${asked.key.id} of ${asked.key.client}?`}
          does="Revoke it"
          step={revocation}
          onConfirm={() => revocation.mutate(asked.key.id, { onSuccess: close })}
          onClose={close}
        >
          {`Within 2 seconds no gateway takes it any more, and it cannot be brought back. It was ${usedWords(asked.key).split(';')[0] ?? ''}.`}
        </Confirm>
      )}
    </Card>
  );
}
