import Link from 'next/link';
import { Histogram } from '@/components/charts/histogram';
import { binNames } from '@/components/charts/ticks';
import { Card } from '@/components/ui/card';
import { Notice } from '@/components/ui/notice';
import { TableRegion } from '@/components/ui/table-region';
import { toUrl } from '@/lib/api/client';
import type { Models, ShadowPair } from '@/lib/api/models';
import { count, score } from '@/lib/format';
import { decisionWord } from '@/lib/record/words';
import { Confusion } from './confusion';
import { modelName } from './names';
import styles from './model.module.css';
import { correlationText, edgeTicks, shadowSentence } from './readings';

/** How a second model, which is scored and never decides, compares with the one that does. */
export function Shadow({ models, isOld }: { models: Models; isOld: boolean }) {
  const { comparison, in_service } = models;
  if (comparison !== null && comparison.pairs.length > 0) {
    return comparison.pairs.map((pair) => (
      <Card key={pairName(pair)} title={`In shadow: ${pairName(pair)}`} isOld={isOld}>
        <Pair pair={pair} />
      </Card>
    ));
  }
  const runsAlong = in_service.some(({ role }) => role === 'shadow');
  return (
    <Card title="In shadow" isOld={isOld}>
      <Notice>
        {comparison === null
          ? 'Not known while the ledger does not answer.'
          : runsAlong
            ? 'A second model runs along. In the last 24 hours nothing was scored by both.'
            : 'No second model runs along. BRAIN_SHADOW_MODEL_DIR gives a brain one, which is scored and never decides.'}
      </Notice>
    </Card>
  );
}

function Pair({ pair }: { pair: ShadowPair }) {
  const name = 'Scores of both';
  return (
    <div className={styles.pair}>
      <p>{shadowSentence(pair)}</p>
      <dl className={styles.facts}>
        <dt>Scores differ by</dt>
        <dd className="figures">{pair.mean_difference.toFixed(4)} on average</dd>
        <dt>Correlation</dt>
        <dd className="figures">{correlationText(pair.correlation)}</dd>
      </dl>
      <Confusion decisions={pair.decisions} />
      <Histogram
        name={name}
        summary={`${name} on ${count(pair.n)} payments, in ${pair.scores.length} ranges.`}
        bins={binNames(pair.score_edges)}
        series={[
          { name: modelName(pair.model), values: pair.scores },
          { name: `${modelName(pair.shadow)} (shadow)`, values: pair.shadow_scores },
        ]}
        format={count}
        ticks={edgeTicks(pair.score_edges)}
      />
      {pair.examples.length > 0 && <Examples pair={pair} />}
    </div>
  );
}

function Examples({ pair }: { pair: ShadowPair }) {
  return (
    <div>
      <h3>Furthest apart</h3>
      <TableRegion name={`Table of payments furthest apart, ${pairName(pair)}`}>
        <thead>
          <tr>
            <th scope="col">Transaction</th>
            <th scope="col">Decided</th>
            <th scope="col" className="number">Score</th>
            <th scope="col">Shadow</th>
            <th scope="col" className="number">Its score</th>
          </tr>
        </thead>
        <tbody>
          {pair.examples.map((example) => (
            <tr key={example.transaction_id}>
              <th scope="row" className="mono">
                <Link prefetch={false} href={toUrl('/transactions/', { query: { tx: example.transaction_id } })}>
                  {example.transaction_id}
                </Link>
              </th>
              <td>{decisionWord(example.decision)}</td>
              <td className="number">{score(example.risk_score)}</td>
              <td>{decisionWord(example.shadow_decision)}</td>
              <td className="number">{score(example.shadow_risk_score)}</td>
            </tr>
          ))}
        </tbody>
      </TableRegion>
    </div>
  );
}

function pairName({ model, shadow }: Pick<ShadowPair, 'model' | 'shadow'>): string {
  return `${modelName(shadow)} beside ${modelName(model)}`;
}
