'use client';

import type { MouseEvent } from 'react';
import { isPlainClick, writeAddress } from '@/lib/address';
import { REVIEW_STATES, type ReviewState } from '@/lib/api/reviews';
import { capital } from '@/lib/record/words';
import styles from './reviews.module.css';

/** The parts of the queue, as links: each has an address. `shown` null: none of them, but one single review. */
export function Tabs({ shown }: { shown: ReviewState | null }) {
  const show = (state: ReviewState) => (event: MouseEvent) => {
    if (!isPlainClick(event)) return;
    event.preventDefault();
    writeAddress(new URLSearchParams({ state }), 'push');
  };
  return (
    <nav aria-label="Parts of the queue">
      <ul className={styles.tabs}>
        {REVIEW_STATES.map((state) => (
          <li key={state}>
            <a href={`?state=${state}`} aria-current={state === shown ? 'page' : undefined} onClick={show(state)}>
              {capital(state)}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
