import styles from './charts.module.css';

/** What each line is, in its own pattern, and its figure at the point that is read, or else the newest. `of`: which point that is. */
export function Legend({ entries, kind = 'line', of }: { entries: readonly { name: string; text?: string }[]; kind?: 'line' | 'bar'; of?: string }) {
  return (
    <ul className={styles.legend}>
      {of !== undefined && <li className={styles.legendOf}>{of}</li>}
      {entries.map(({ name, text }, i) => (
        <li key={name}>
          <svg aria-hidden="true" width="28" height="12">
            {kind === 'line' ? (
              <line className={styles.line} data-line={i + 1} x1="2" x2="26" y1="6" y2="6" />
            ) : (
              <rect className={styles.bar} data-bar={i + 1} x="7" y="1" width="14" height="10" />
            )}
          </svg>
          <span className={styles.legendName}>{name}</span>
          {text !== undefined && <span className="figures">{text}</span>}
        </li>
      ))}
    </ul>
  );
}
