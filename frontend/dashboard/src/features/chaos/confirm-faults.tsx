'use client';

import { Button } from '@/components/ui/button';
import { Modal } from '@/components/ui/modal';
import type { FaultSettings } from '@/lib/api/faults';
import { describe } from '@/lib/faults-words';
import { capital } from '@/lib/record/words';
import styles from './chaos.module.css';

/** `watch`: what to look at while it is on; null where nobody knows beforehand. */
export interface Wanted {
  name: string;
  settings: FaultSettings;
  watch: string | null;
}

/** Asks once more, saying what will happen. */
export function ConfirmFaults({ wanted, onClose, onConfirm }: { wanted: Wanted; onClose: () => void; onConfirm: () => void }) {
  return (
    <Modal title={`Switch on: ${wanted.name}?`} onClose={onClose}>
      <ul className={styles.effects}>
        {describe(wanted.settings).map((line) => (
          <li key={line}>{capital(line)}</li>
        ))}
      </ul>
      {wanted.watch !== null && <p>Watch for: {wanted.watch}</p>}
      <p>This holds for every payment until somebody stops it. It replaces what is on now.</p>
      <div className={styles.actions}>
        <Button kind="danger" onClick={onConfirm}>
          Switch it on
        </Button>
        <Button data-autofocus onClick={onClose}>
          Leave it
        </Button>
      </div>
    </Modal>
  );
}
