import type { ShadowPair } from '@/lib/api/models';
import { count } from '@/lib/format';
import { decisionWord } from '@/lib/record/words';
import styles from './model.module.css';

const DECISIONS = ['approve', 'review', 'block'] as const;

/** What was decided, by row, and what the shadow would have decided, by column. The diagonal is where they agree. */
export function Confusion({ decisions }: { decisions: ShadowPair['decisions'] }) {
  return (
    <table className={styles.confusion}>
      <caption className="muted small">Decided, and what the shadow would have decided</caption>
      <thead>
        <tr>
          <td />
          {DECISIONS.map((shadow) => (
            <th key={shadow} scope="col" className="number">
              Shadow: {decisionWord(shadow)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {DECISIONS.map((decided) => (
          <tr key={decided}>
            <th scope="row">{decisionWord(decided)}</th>
            {DECISIONS.map((shadow) => (
              <td key={shadow} className="number" data-agree={decided === shadow || undefined}>
                {count(decisions[decided]?.[shadow] ?? 0)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
