import { Card } from '@/components/ui/card';
import { Chip } from '@/components/ui/chip';
import { Notice } from '@/components/ui/notice';
import type { ModelInService } from '@/lib/api/models';
import { metricName, modelKey, modelName } from './names';
import styles from './model.module.css';

const HASH_CHARS = 12; // enough to compare by eye; the whole is in the title

/** Which models answer, which run along, and what is known of each. */
export function ModelsInService({ models, isOld }: { models: readonly ModelInService[]; isOld: boolean }) {
  return (
    <Card title="In service" isOld={isOld}>
      {models.length === 0 ? (
        <Notice>No brain has said which model it runs. That is so while the scorer is away.</Notice>
      ) : (
        <ul className={styles.models}>
          {models.map((model) => (
            <li key={modelKey(model)}>
              <Model model={model} isOld={isOld} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function Model({ model, isOld }: { model: ModelInService; isOld: boolean }) {
  return (
    <>
      <h3 className={styles.name}>
        {modelName(model)}
        {model.role === 'main' ? (
          <Chip tone="good" isOld={isOld}>{isOld ? 'deciding' : 'Decides'}</Chip>
        ) : (
          <span className="muted small">runs in shadow: it is scored and never decides</span>
        )}
      </h3>
      <dl className={styles.facts}>
        <dt>Levels begin at</dt>
        <dd className="figures">{levels(model.thresholds)}</dd>
        <dt>Judged at</dt>
        <dd className="figures">
          {Object.entries(model.metrics)
            .map(([name, value]) => `${metricName(name)} ${value}`)
            .join(', ') || 'nothing is on record'}
        </dd>
        <dt>Trained on</dt>
        <dd>{model.trained_on || 'not said'}</dd>
        <dt>Runs on</dt>
        <dd>{model.brains.join(', ')}</dd>
        <dt>Artifact</dt>
        <dd>
          <code title={model.sha256}>{model.sha256.slice(0, HASH_CHARS)}</code>
        </dd>
      </dl>
    </>
  );
}

function levels(thresholds: ModelInService['thresholds']): string {
  const ascending = Object.entries(thresholds).sort(([, a], [, b]) => a - b);
  return ascending.map(([level, from]) => `${level} ${from}`).join(', ') || 'not said';
}
