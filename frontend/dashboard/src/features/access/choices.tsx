import styles from './access.module.css';

/** Several of a few, each with what it means. `name` names the group; `error` stands below it. */
export function Choices<T extends string>({
  legend,
  options,
  chosen,
  error,
  onChange,
}: {
  legend: string;
  options: readonly (readonly [value: T, words: string])[];
  chosen: readonly T[];
  error?: string | undefined;
  onChange: (chosen: T[]) => void;
}) {
  const toggle = (value: T) =>
    onChange(options.map(([one]) => one).filter((one) => (one === value ? !chosen.includes(one) : chosen.includes(one))));
  return (
    <fieldset className={styles.choices}>
      <legend>{legend}</legend>
      <ul>
        {options.map(([value, words]) => (
          <li key={value}>
            <label>
              <input type="checkbox" checked={chosen.includes(value)} onChange={() => toggle(value)} />{' '}
              <span>
                <b>{value}</b> <span className="small muted">{words}</span>
              </span>
            </label>
          </li>
        ))}
      </ul>
      <p role="alert" className={styles.failure}>
        {error}
      </p>
    </fieldset>
  );
}
