'use client';

import { Button } from '@/components/ui/button';
import { decisionWord } from '@/lib/record/words';
import styles from './reviews.module.css';
import type { Undoable, useUndo } from './use-undo';

/** Over the page, so that nothing moves: what was decided within the last ten seconds, and the way back. */
export function UndoBar({ undo, isBusy, onUndo }: { undo: ReturnType<typeof useUndo>; isBusy: boolean; onUndo: (one: Undoable) => void }) {
  if (undo.offered.length === 0) return null;
  return (
    <ul aria-label="Decisions that can be undone" className={styles.undo}>
      {undo.offered.map((one, place) => {
        const { transaction_id: id, review } = one.record;
        return (
          <li key={id} className={styles.line}>
            <span className={styles.undoWords}>
              {review.decision ? decisionWord(review.decision) : 'Decided'} <span className="mono">{id}</span>
            </span>
            <Button aria-label={`Undo ${id}`} aria-disabled={isBusy} aria-keyshortcuts={place === 0 ? 'u' : undefined} onClick={() => !isBusy && onUndo(one)}>
              Undo{place === 0 ? ' (u)' : ''}
            </Button>
            <span role="timer" aria-live="off" className="small muted figures">
              {undo.leftS(one)} s left
            </span>
          </li>
        );
      })}
    </ul>
  );
}
