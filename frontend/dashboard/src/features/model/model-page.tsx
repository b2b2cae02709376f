'use client';

import { Card } from '@/components/ui/card';
import { Loading, NotAvailable } from '@/components/ui/notice';
import { modelsQuery } from '@/lib/api/models';
import { useConnection } from '@/lib/connection';
import { usePolled } from '@/lib/polling';
import { Distribution } from './distribution';
import { DriftTable } from './drift-table';
import { Labelled } from './labelled';
import styles from './model.module.css';
import { ModelsInService } from './models-in-service';
import { modelKey } from './names';
import { Shadow } from './shadow';

/** Which models answer, whether what they see is what they were judged on, and what labels make of them. */
export function ModelPage() {
  const { data, error } = usePolled(modelsQuery);
  const { isOld } = useConnection();
  // what runs in shadow is counted nowhere: it has no say in what is scored
  const judged = data?.in_service.filter(({ role, drift }) => role === 'main' || drift.length > 0) ?? [];
  return (
    <div className={styles.page}>
      <h1>Model</h1>
      {data ? (
        <>
          <ModelsInService models={data.in_service} isOld={isOld} />
          <Distribution models={judged} isOld={isOld} />
          {judged.map((model) => (
            <DriftTable key={modelKey(model)} model={model} isOld={isOld} />
          ))}
          <Labelled labelled={data.labelled} isOld={isOld} />
          <Shadow models={data} isOld={isOld} />
        </>
      ) : error ? (
        <Card title="In service">
          <NotAvailable error={error} />
        </Card>
      ) : (
        [12, 22, 24].map((heightRem) => <Loading key={heightRem} heightRem={heightRem} />)
      )}
    </div>
  );
}
