import { Card } from '@/components/ui/card';
import { Notice } from '@/components/ui/notice';
import { TableRegion } from '@/components/ui/table-region';
import type { LabelledPair, Models } from '@/lib/api/models';
import { count } from '@/lib/format';
import { modelName } from './names';
import styles from './model.module.css';
import { labelWarning, shareOf } from './readings';

/** What labels say so far of what each model flagged. */
export function Labelled({ labelled, isOld }: { labelled: Models['labelled']; isOld: boolean }) {
  return (
    <Card title="Judged by labels so far" isOld={isOld}>
      {labelled === null ? (
        <Notice>Not known while the ledger does not answer.</Notice>
      ) : labelled.pairs.length === 0 ? (
        <Notice>Nothing has a label yet. PUT /transactions/(id)/label says what a payment turned out to be.</Notice>
      ) : (
        <Table pairs={labelled.pairs} />
      )}
    </Card>
  );
}

function Table({ pairs }: { pairs: readonly LabelledPair[] }) {
  const warnings = new Set(pairs.map(labelWarning).filter((warning) => warning !== null));
  return (
    <>
      {[...warnings].map((warning) => (
        <p key={warning} className={styles.warning}>
          {warning}
        </p>
      ))}
      <TableRegion name="Table of precision and recall">
        <thead>
          <tr>
            <th scope="col">Model</th>
            <th scope="col" className="number">Labels</th>
            <th scope="col" className="number">Frauds</th>
            <th scope="col" className="number">Precision</th>
            <th scope="col" className="number">Recall</th>
          </tr>
        </thead>
        <tbody>{pairs.flatMap(toRows)}</tbody>
      </TableRegion>
      <p className="muted small">
        Of the payments behind the newest 5,000 labels. Precision: frauds among what was flagged (review or block). Recall:
        flagged ones among the frauds. Where only chargebacks are reported precision is too high; two models beside each
        other can still be compared.
      </p>
    </>
  );
}

function toRows(pair: LabelledPair) {
  const alone = modelName(pair.model);
  const beside = pair.shadow && modelName(pair.shadow);
  const rows = [<Row key={`${alone} ${beside}`} name={beside ? `${alone}, with ${beside}` : alone} pair={pair} judged={pair.judged} />];
  if (beside && pair.shadow_judged) {
    rows.push(<Row key={`${beside} in ${alone}`} name={`${beside}, in its shadow`} pair={pair} judged={pair.shadow_judged} />);
  }
  return rows;
}

function Row({ name, pair, judged }: { name: string; pair: LabelledPair; judged: LabelledPair['judged'] }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td className="number">{count(pair.n)}</td>
      <td className="number">{count(pair.frauds)}</td>
      <td className="number">{shareOf(judged.caught, judged.flagged)}</td>
      <td className="number">{shareOf(judged.caught, pair.frauds)}</td>
    </tr>
  );
}
