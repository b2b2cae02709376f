import type { ReactNode } from 'react';
import styles from './overview.module.css';

/** Names and figures, one pair a line. */
export function Facts({ facts }: { facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className={styles.facts}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The one or two figures of a card that are read from afar. */
export function Figures({ figures }: { figures: readonly { name: string; value: string; tone?: 'blind' | 'warn' | 'bad' | undefined }[] }) {
  return (
    <dl className={styles.big}>
      {figures.map(({ name, value, tone }) => (
        <div key={name} data-tone={tone}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
