import { Card } from '@/components/ui/card';
import { Notice } from '@/components/ui/notice';
import type { Models } from '@/lib/api/models';
import { modelName } from './names';
import styles from './model.module.css';
import { basisSentence, falseDeclineSentence, mayBlock } from './outcome-words';

/** How many genuine payments a model declines, or would if it might: by what became of those that it would block. */
export function FalseDeclines({ models, isOld }: { models: Models; isOld: boolean }) {
  const { labelled, budgets } = models;
  return (
    <Card title="False declines" isOld={isOld}>
      {labelled === null ? (
        <Notice>Not known while the ledger does not answer.</Notice>
      ) : labelled.outcomes.length === 0 ? (
        <Notice>Not known: no payment that a model decided has a label yet.</Notice>
      ) : (
        <ul className={styles.models}>
          {labelled.outcomes.map((one) => (
            <li key={modelName(one.model)}>
              <h3 className={styles.name}>{modelName(one.model)}</h3>
              <p>{falseDeclineSentence(one.would_block, mayBlock(budgets.models, one))}</p>
              <p className="muted small">{basisSentence(one.would_block)}</p>
            </li>
          ))}
        </ul>
      )}
      <p className="muted small">
        An estimate with its 95 % interval. Blocked payments rarely get a label, and who complains is mostly genuine: what people
        looked at instead, and what was let through, says more.
      </p>
    </Card>
  );
}
