import { Card } from '@/components/ui/card';
import { Notice } from '@/components/ui/notice';
import type { Budgets, ModelBudget, ModelInService } from '@/lib/api/models';
import { capSentence, followsSentence, letThroughSentence, mayBlockSentence, misfitSentence, thresholdText, wouldHaveSentence } from './budget-words';
import { modelName } from './names';
import styles from './model.module.css';

/** From which score on payments are stopped, beside what each model says itself, and how much models may block. */
export function BudgetsCard({ budgets, inService, isOld }: { budgets: Budgets; inService: readonly ModelInService[]; isOld: boolean }) {
  // the gateway remembers models that answer no more; while no brain answers all are shown
  const main = inService.filter(({ role }) => role === 'main').map(modelName);
  const models = budgets.models.filter((model) => main.length === 0 || main.includes(modelName(model)));
  const misfit = misfitSentence(budgets.decline_cap);
  return (
    <Card title="Budgets" isOld={isOld}>
      {misfit && <p className={styles.warning}>{misfit}</p>}
      {models.length === 0 ? (
        <Notice>No model has scored a payment yet.</Notice>
      ) : (
        <ul className={styles.models}>
          {models.map((model) => (
            <li key={modelName(model)}>
              <OfModel model={model} budgets={budgets} />
            </li>
          ))}
        </ul>
      )}
      <p className="muted small">{capSentence(budgets.decline_cap)}</p>
      {budgets.let_through && <p className="muted small">{letThroughSentence(budgets.let_through)}</p>}
    </Card>
  );
}

function OfModel({ model, budgets }: { model: ModelBudget; budgets: Budgets }) {
  return (
    <>
      <h3 className={styles.name}>{modelName(model)}</h3>
      <dl className={styles.facts}>
        <dt>Review from</dt>
        <dd className="figures">{thresholdText(model.review)}</dd>
        <dt>Block from</dt>
        <dd className="figures">{thresholdText(model.block)}</dd>
        <dt>Follows</dt>
        <dd>{followsSentence(model, budgets)}</dd>
        <dt>May block</dt>
        <dd>{mayBlockSentence(model)}</dd>
        <dt>By itself</dt>
        <dd>{wouldHaveSentence(model.would_have)}</dd>
      </dl>
    </>
  );
}
