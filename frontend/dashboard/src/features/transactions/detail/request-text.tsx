import styles from './detail.module.css';

const CHARS_MAX = 20_000; // the gateway takes bodies of 64 KiB; more than this nobody reads in a window

/** The request as it is kept, bounded: of an email address only hash and domain. */
export function RequestText({ request }: { request: Readonly<Record<string, unknown>> }) {
  const text = JSON.stringify(request, null, 2);
  return (
    <details>
      <summary>Request on record</summary>
      <pre tabIndex={0} role="region" aria-label="Request on record" className={styles.request}>
        {text.slice(0, CHARS_MAX)}
      </pre>
      {text.length > CHARS_MAX && <p className="small muted">Cut off after {CHARS_MAX} characters.</p>}
    </details>
  );
}
