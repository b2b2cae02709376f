'use client';

import { useState } from 'react';
import { Histogram } from '@/components/charts/histogram';
import { binNames } from '@/components/charts/ticks';
import { Card } from '@/components/ui/card';
import { SelectField } from '@/components/ui/field';
import { Notice } from '@/components/ui/notice';
import type { Drift, ModelInService } from '@/lib/api/models';
import { count, percent } from '@/lib/format';
import { modelKey, modelName, quantityName } from './names';
import styles from './model.module.css';
import { edgeTicks, shortEdges, toShares } from './readings';

/** How one quantity of what a model scored lately is spread, beside what the model was judged on. */
export function Distribution({ models, isOld }: { models: readonly ModelInService[]; isOld: boolean }) {
  const [wantedModel, setModel] = useState('');
  const [wanted, setWanted] = useState('');
  const model = models.find((one) => modelKey(one) === wantedModel) ?? models[0];
  const drift = model?.drift.find(({ name }) => name === wanted) ?? model?.drift[0]; // the score comes first
  return (
    <Card title="Distribution" isOld={isOld}>
      {model && drift ? (
        <>
          <div className={styles.choices}>
            {models.length > 1 && (
              <SelectField
                label="Model"
                value={modelKey(model)}
                onChange={(event) => setModel(event.target.value)}
                options={models.map((one) => [modelKey(one), `${modelName(one)}${one.role === 'shadow' ? ' (shadow)' : ''}`] as const)}
              />
            )}
            <SelectField
              label="Quantity"
              value={drift.name}
              onChange={(event) => setWanted(event.target.value)}
              options={model.drift.map(({ name }) => [name, quantityName(name)] as const)}
            />
          </div>
          {drift.rows > 0 ? (
            <Drawing drift={drift} thresholds={model.thresholds} />
          ) : (
            <Notice>No payment was scored yet since the brain started.</Notice>
          )}
        </>
      ) : (
        <Notice>Nothing is known of any score yet.</Notice>
      )}
    </Card>
  );
}

function Drawing({ drift, thresholds }: { drift: Drift; thresholds: Record<string, number> }) {
  const edges = shortEdges(drift.edges);
  const lately = toShares(drift);
  const bins = binNames(edges, { hasUnknown: true });
  const most = lately.indexOf(Math.max(...lately));
  const name = quantityName(drift.name);
  return (
    <Histogram
      name={name}
      summary={`${name} of ${count(drift.rows)} payments scored lately, beside what was expected. Most, ${percent(lately[most] ?? 0)}, are ${bins[most]}; ${percent(drift.expected_shares[most] ?? 0)} were expected there.`}
      bins={bins}
      series={[
        { name: 'Scored lately', values: lately },
        { name: 'Expected', values: drift.expected_shares },
      ]}
      format={(share) => percent(share, share > 0 && share < 0.01 ? 2 : 0)}
      ticks={edgeTicks(edges)}
      marks={drift.name === 'risk_score' ? toMarks(edges, thresholds) : []}
      heightPx={220}
    />
  );
}

/** Where levels begin: scores are cut there as well. */
function toMarks(edges: readonly number[], thresholds: Record<string, number>): { at: number; word: string }[] {
  return Object.entries(thresholds)
    .map(([word, from]) => ({ at: edges.indexOf(from) + 1, word }))
    .filter(({ at }) => at > 0)
    .sort((a, b) => a.at - b.at);
}
