import type { ComponentProps } from 'react';
import styles from './button.module.css';

type Kind = 'plain' | 'primary' | 'danger';

/** A button that never submits by accident. Say `type="submit"` where it should. */
export function Button({ kind = 'plain', ...rest }: { kind?: Kind } & Omit<ComponentProps<'button'>, 'className'>) {
  return <button type="button" {...rest} className={styles.button} data-kind={kind} />;
}
