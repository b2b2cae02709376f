import type { ReactNode } from 'react';
import { ApiProblem } from '@/lib/api/client';
import { isNobody } from '@/lib/api/me';
import styles from './notice.module.css';

/** What stands where there is nothing to show, in words. */
export function Notice({ children }: { children: ReactNode }) {
  return <p className={styles.notice}>{children}</p>;
}

/** One part of the page failed; the rest goes on. */
export function NotAvailable({ error }: { error: Error }) {
  const why = isNobody(error) ? 'Nobody is signed in.' : error instanceof ApiProblem ? answered(error) : error.message;
  return (
    <p className={styles.notice} data-kind="failed">
      Not available. {why}
    </p>
  );
}

/** What a person lacks stands in the detail. */
function answered({ status, code, title, detail }: ApiProblem): string {
  return code === 'SCOPE_MISSING' ? `${title}. ${detail}` : `The gateway answered ${status}: ${title}.`;
}

/** Grey blocks of the final height, silent for screen readers. `heightRem`: as tall as what will stand there. */
export function Loading({ heightRem }: { heightRem: number }) {
  return <div aria-hidden="true" className={styles.loading} style={{ height: `${heightRem}rem` }} />;
}
