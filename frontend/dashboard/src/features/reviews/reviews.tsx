'use client';

import { useSearchParams } from 'next/navigation';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import { REVIEW_STATES } from '@/lib/api/reviews';
import { useStored } from '@/lib/stored';
import { KeysWindow } from './keys-window';
import { Queue } from './queue';
import styles from './reviews.module.css';
import { Tabs } from './tabs';
import { useDecider } from './use-decider';

/** The review queue: what waits for a person, and what people made of it. */
export function Reviews() {
  const params = new URLSearchParams(useSearchParams());
  const id = params.get('id') || null;
  const said = params.get('state') ?? 'open';
  const state = REVIEW_STATES.find((one) => one === said);
  const { me, no } = useDecider();
  const [keys, setKeys] = useStored('sentinel.keys', 'on');
  const [isHelpOpen, setHelpOpen] = useState(false);
  return (
    <div className={styles.page}>
      <div className={styles.top}>
        <Tabs shown={id === null && state ? state : null} />
        <p className={styles.decider}>{no ?? (me === '' ? '' : `You decide as ${me}.`)}</p>
        <div className={styles.line}>
          <Button aria-pressed={keys === 'on'} onClick={() => setKeys(keys === 'on' ? 'off' : 'on')}>
            Single keys: {keys === 'on' ? 'on' : 'off'}
          </Button>
          <Button onClick={() => setHelpOpen(true)}>Show keys</Button>
        </div>
      </div>
      {state ? (
        <Queue
          part={{ state, cursor: params.get('cursor'), id }}
          params={params}
          areKeysOn={keys === 'on'}
          onHelp={() => setHelpOpen(true)}
        />
      ) : (
        <Notice>“{said}” in the address is no part of the queue. Choose one above.</Notice>
      )}
      {isHelpOpen && <KeysWindow onClose={() => setHelpOpen(false)} />}
    </div>
  );
}
