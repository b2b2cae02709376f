import { Button } from './button';
import styles from './paging.module.css';

type Step = (() => void) | undefined;

/**
 * Steps through the pages of a list. A step that is undefined is not to be had from here. `name` names the landmark.
 * `onStep` follows each step: to put the focus where reading goes on.
 */
export function Paging({
  name,
  words,
  steps,
  onStep,
}: {
  name: string;
  words: { first: string; back: string; on: string };
  steps: { onFirst: Step; onBack: Step; onOn: Step };
  onStep: () => void;
}) {
  const button = (word: string, step: Step) => (
    <Button
      disabled={!step}
      onClick={() => {
        step?.();
        onStep();
      }}
    >
      {word}
    </Button>
  );
  return (
    <nav aria-label={name} className={styles.paging}>
      {button(words.first, steps.onFirst)}
      {button(words.back, steps.onBack)}
      {button(words.on, steps.onOn)}
    </nav>
  );
}
