'use client';

import { Button } from './button';
import styles from './notice.module.css';

const reload = () => window.location.reload();

/** Stands where a part of the page broke; the rest goes on. */
export function BrokenPart() {
  return (
    <div role="alert" className={styles.broken}>
      <p>This part cannot be shown. The gateway may be of a newer version than this page.</p>
      <Button onClick={reload}>Reload</Button>
    </div>
  );
}

/** Stands where a whole page broke. `onAgain`: draws it once more without loading it anew. */
export function BrokenPage({ onAgain }: { onAgain: () => void }) {
  return (
    <div role="alert" className={styles.broken}>
      <h1>This page cannot be shown</h1>
      <p>It stopped at something that it does not know. The gateway may be of a newer version than this page; payments are decided without it.</p>
      <div className={styles.ways}>
        <Button kind="primary" onClick={reload}>
          Reload
        </Button>
        <Button onClick={onAgain}>Try again</Button>
      </div>
    </div>
  );
}
