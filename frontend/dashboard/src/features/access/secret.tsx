'use client';

import { CopyButton } from '@/components/record/copy-button';
import { Modal } from '@/components/ui/modal';
import styles from './access.module.css';

/** Shows what is shown once: a key, or a link. It is gone when the window is closed. `what` names it, such as "key". */
export function Secret({ title, what, text, children, onClose }: { title: string; what: string; text: string; children: string; onClose: () => void }) {
  return (
    <Modal title={title} onClose={onClose}>
      <div className={styles.secret}>
        <p>{children}</p>
        <p>
          <output aria-label={`The ${what}`} tabIndex={0} data-autofocus className="mono">
            {text}
          </output>
        </p>
        <p className={styles.actions}>
          <CopyButton text={text} what={what} />
        </p>
        <p className="muted small">It is shown this once: nobody can find it out later, this gateway included.</p>
      </div>
    </Modal>
  );
}
