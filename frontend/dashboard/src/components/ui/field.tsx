import { useId, type ComponentPropsWithRef } from 'react';
import styles from './field.module.css';

type Common = { label: string; hint?: string | undefined; error?: string | undefined };
type Without<Tag extends 'input' | 'select' | 'textarea'> = Omit<ComponentPropsWithRef<Tag>, 'className' | 'id'>;

/** A labelled input; `error` replaces the hint and is read out with it. */
export function TextField({ label, hint, error, ...rest }: Common & Without<'input'>) {
  const id = useId();
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <input {...rest} id={id} {...noted(id, hint, error)} />
      <Note id={id} hint={hint} error={error} />
    </div>
  );
}

/** A labelled text of a few lines. */
export function AreaField({ label, hint, error, ...rest }: Common & Without<'textarea'>) {
  const id = useId();
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <textarea {...rest} id={id} {...noted(id, hint, error)} />
      <Note id={id} hint={hint} error={error} />
    </div>
  );
}

/** A labelled choice of few. */
export function SelectField({
  label,
  hint,
  error,
  options,
  ...rest
}: Common & { options: readonly (readonly [value: string, text: string])[] } & Without<'select'>) {
  const id = useId();
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <select {...rest} id={id} {...noted(id, hint, error)}>
        {options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
      <Note id={id} hint={hint} error={error} />
    </div>
  );
}

function noted(id: string, hint: string | undefined, error: string | undefined) {
  return { 'aria-invalid': error ? true : undefined, 'aria-describedby': error || hint ? `${id}-note` : undefined };
}

function Note({ id, hint, error }: { id: string; hint: string | undefined; error: string | undefined }) {
  const text = error ?? hint;
  if (!text) return null;
  return (
    <p id={`${id}-note`} className={styles.note} data-error={error ? true : undefined}>
      {text}
    </p>
  );
}
