'use client';

import { Part } from '@/components/ui/part';
import { modelsQuery, type Models } from '@/lib/api/models';
import { usePolled } from '@/lib/polling';
import { BudgetsCard } from './budgets-card';
import { Calibration } from './calibration';
import { Distribution } from './distribution';
import { DriftTable } from './drift-table';
import { FalseDeclines } from './false-declines';
import { Labelled } from './labelled';
import styles from './model.module.css';
import { ModelsInService } from './models-in-service';
import { modelKey, modelName } from './names';
import { Rollout } from './rollout-cards';
import { Shadow } from './shadow';

/** Which models answer, how far their scores are acted on, whether what they see is what they were judged on, and what labels make of them. */
export function ModelPage() {
  return (
    <div className={styles.page}>
      <h1>Model</h1>
      <Part title="In service" query={usePolled(modelsQuery)} heightRem={60}>
        {(models, isOld) => <Cards models={models} isOld={isOld} />}
      </Part>
      <Rollout />
    </div>
  );
}

function Cards({ models, isOld }: { models: Models; isOld: boolean }) {
  // what runs in shadow is counted nowhere: it has no say in what is scored
  const own = models.budgets.models.filter(({ own_labels }) => own_labels).map(modelName);
  const judged = models.in_service.filter(({ role, drift }) => role === 'main' || drift.length > 0);
  return (
    <>
      <ModelsInService models={models.in_service} isOld={isOld} />
      <BudgetsCard budgets={models.budgets} inService={models.in_service} isOld={isOld} />
      <FalseDeclines models={models} isOld={isOld} />
      <Labelled labelled={models.labelled} isOld={isOld} />
      <Calibration labelled={models.labelled} isOld={isOld} />
      <Distribution models={judged} isOld={isOld} />
      {judged.map((model) => (
        <DriftTable key={modelKey(model)} model={model} isOwn={own.includes(modelName(model))} isOld={isOld} />
      ))}
      <Shadow models={models} isOld={isOld} />
    </>
  );
}
