'use client';

import { useEffect, useId, useRef, type ReactNode } from 'react';
import { Boundary } from './boundary';
import { Button } from './button';
import styles from './modal.module.css';

/**
 * A window over the page. The browser's own <dialog> keeps the focus inside, closes on Escape and gives the focus back.
 * It is open while it is mounted. The focus begins at what bears `data-autofocus`, else at the first control.
 */
export function Modal({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }) {
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
        onClose();
      }}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <div className={styles.content}>
        <div className={styles.head}>
          <h2 id={id}>{title}</h2>
          <Button onClick={onClose}>Close</Button>
        </div>
        <Boundary>{children}</Boundary>
      </div>
    </dialog>
  );
}
