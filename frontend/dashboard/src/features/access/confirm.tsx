'use client';

import { Button } from '@/components/ui/button';
import { Modal } from '@/components/ui/modal';
import { notTwice } from '@/components/ui/not-twice';
import { toStepMessage } from '@/lib/problem';
import styles from './access.module.css';

/** Asks once more, saying what will happen. The focus begins at the way back. `step`: what is done about it. */
export function Confirm({
  title,
  does,
  step,
  children,
  onConfirm,
  onClose,
}: {
  title: string;
  does: string;
  step: { isPending: boolean; error: Error | null };
  children: string;
  onConfirm: () => void;
  onClose: () => void;
}) {
  return (
    <Modal title={title} isBusy={step.isPending} onClose={onClose}>
      <p>{children}</p>
      <p role="alert" className={styles.failure}>
        {step.error && toStepMessage(step.error)}
      </p>
      <div className={styles.actions} onClickCapture={notTwice}>
        <Button kind="danger" aria-disabled={step.isPending} onClick={() => !step.isPending && onConfirm()}>
          {does}
        </Button>
        <Button data-autofocus aria-disabled={step.isPending} onClick={() => !step.isPending && onClose()}>
          Leave it
        </Button>
      </div>
    </Modal>
  );
}
