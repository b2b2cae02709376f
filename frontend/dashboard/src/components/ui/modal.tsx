'use client';

import { useEffect, useId, useRef, type MouseEvent, type ReactNode } from 'react';
import { Boundary } from './boundary';
import { Button } from './button';
import styles from './modal.module.css';

/**
 * A window over the page. The browser's own <dialog> keeps the focus inside, closes on Escape and gives the focus back.
 * It is open while it is mounted. The focus begins at what bears `data-autofocus`, else at the first control. A click beside
 * it closes it, if it began there. `isBusy`: what was asked for in it is on its way, and no closing takes it back.
 */
export function Modal({
  title,
  isBusy = false,
  onClose,
  children,
}: {
  title: string;
  isBusy?: boolean;
  onClose: () => void;
  children: ReactNode;
}) {
  const beganBeside = useRef(false);
  const close = () => {
    if (!isBusy) onClose();
  };
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    const opener = document.activeElement;
    element?.showModal();
    element?.querySelector<HTMLElement>('[data-autofocus]')?.focus();
    return () => {
      element?.close();
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      className={styles.dialog}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      // browsers close it at a second Escape, whatever becomes of the cancel event
      onKeyDown={(event) => isBusy && event.key === 'Escape' && event.preventDefault()}
      onPointerDown={(event) => {
        beganBeside.current = isBeside(event, dialog.current);
      }}
      onClick={(event) => beganBeside.current && isBeside(event, dialog.current) && close()}
    >
      <div className={styles.content}>
        <div className={styles.head}>
          <h2 id={id}>{title}</h2>
          <Button aria-disabled={isBusy} onClick={close}>
            Close
          </Button>
        </div>
        <Boundary>{children}</Boundary>
      </div>
    </dialog>
  );
}

/** On the backdrop, which counts as part of the dialog; so do its edge and its scroll bar, which are not beside it. */
function isBeside({ target, clientX, clientY }: MouseEvent, dialog: HTMLDialogElement | null): boolean {
  if (dialog === null || target !== dialog) return false;
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  return clientX < left || clientX > right || clientY < top || clientY > bottom;
}
