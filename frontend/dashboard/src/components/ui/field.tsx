import { useId, type InputHTMLAttributes, type SelectHTMLAttributes } from 'react';
import styles from './field.module.css';

type Common = { label: string; hint?: string; error?: string };

/** A labelled input; `error` replaces the hint and is read out with it. */
export function TextField({ label, hint, error, ...rest }: Common & Omit<InputHTMLAttributes<HTMLInputElement>, 'className' | 'id'>) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <input
        {...rest}
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={note ? `${id}-note` : undefined}
      />
      {note && (
        <p id={`${id}-note`} className={styles.note} data-error={error ? true : undefined}>
          {note}
        </p>
      )}
    </div>
  );
}

/** A labelled choice of few. */
export function SelectField({
  label,
  options,
  ...rest
}: { label: string; options: readonly (readonly [value: string, text: string])[] } & Omit<
  SelectHTMLAttributes<HTMLSelectElement>,
  'className' | 'id'
>) {
  const id = useId();
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <select {...rest} id={id}>
        {options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}
