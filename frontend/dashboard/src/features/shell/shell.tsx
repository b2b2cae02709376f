'use client';

import { useEffect, type ReactNode } from 'react';
import { Header } from './header';
import { registerWorker } from './register-worker';
import styles from './shell.module.css';

/** What is around every page: the way past the head, the head, and the place of the page itself. */
export function Shell({ children }: { children: ReactNode }) {
  useEffect(registerWorker, []);
  return (
    <>
      <a href="#content" className={styles.skip}>
        Skip to content
      </a>
      <Header />
      <main id="content" tabIndex={-1} className={styles.content}>
        {children}
      </main>
    </>
  );
}
