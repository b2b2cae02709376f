import type { ReactNode } from 'react';
import type { Tone } from '@/lib/tone';
import styles from './chip.module.css';

export type { Tone };

// never colour alone
const ICON: Record<Tone, string> = { good: '✓', bad: '✕', warn: '!', blind: 'i', notice: 'i', unknown: '?' };

/**
 * A state in one word, with icon and tint. `isOld`: the word describes a time that is gone, so the chip loses its colour
 * and says "was".
 */
export function Chip({ tone, isOld = false, children }: { tone: Tone; isOld?: boolean; children: ReactNode }) {
  const shown = isOld ? 'unknown' : tone;
  return (
    <span className={styles.chip} data-tone={shown}>
      <span aria-hidden="true" className={styles.icon}>
        {ICON[shown]}
      </span>
      <span>
        {isOld && 'Was '}
        {children}
      </span>
    </span>
  );
}
