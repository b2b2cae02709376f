import { dayAndTime, score } from '@/lib/format';
import { decisionSentence, wouldHave } from '@/lib/record/words';
import styles from './detail.module.css';
import { Reasons } from './reasons';
import type { Weighed } from './weighed';

/** The scores before the one that counts, newest first, each with its own reasons: none is rewritten. */
export function EarlierScores({ scores }: { scores: readonly Weighed[] }) {
  if (scores.length === 0) return null;
  return (
    <section aria-labelledby="earlier-scores">
      <h3 id="earlier-scores">Earlier scores</h3>
      <ol className={styles.earlier}>
        {scores.map((one, place) => (
          <li key={`${place} ${one.at}`}>
            <details>
              <summary>
                <strong className="figures">{score(one.risk)}</strong> {one.level} risk, {dayAndTime(one.at)}: {outcome(one)}
              </summary>
              <p className="small muted">{one.model ? `${one.model.name} ${one.model.version}` : ''}</p>
              <Reasons of={one} isEarlier />
            </details>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** "the verdict: approved", "a later score: would have been blocked". */
function outcome({ isLater, decision }: Weighed): string {
  return isLater ? `a later score: ${wouldHave(decision)}` : `the verdict: ${decisionSentence(decision).toLowerCase()}`;
}
