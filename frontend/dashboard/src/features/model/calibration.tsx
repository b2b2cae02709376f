import { Card } from '@/components/ui/card';
import { Chip } from '@/components/ui/chip';
import { Notice } from '@/components/ui/notice';
import { TableRegion } from '@/components/ui/table-region';
import type { Models, ModelOutcomes, ScoreGroup } from '@/lib/api/models';
import { count, score } from '@/lib/format';
import { modelName } from './names';
import styles from './model.module.css';
import { calibrationSentence, fine, groupReading, missingSentence } from './outcome-words';

/** Whether scores are probabilities: the frauds that they foretold beside those that there were. */
export function Calibration({ labelled, isOld }: { labelled: Models['labelled']; isOld: boolean }) {
  return (
    <Card title="Calibration" isOld={isOld}>
      {labelled === null ? (
        <Notice>Not known while the ledger does not answer.</Notice>
      ) : labelled.outcomes.length === 0 ? (
        <Notice>Not known: no payment that a model decided has a label yet.</Notice>
      ) : (
        <ul className={styles.models}>
          {labelled.outcomes.map((one) => (
            <li key={modelName(one.model)}>
              <h3 className={styles.name}>{modelName(one.model)}</h3>
              <OfModel outcomes={one} isOld={isOld} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function OfModel({ outcomes, isOld }: { outcomes: ModelOutcomes; isOld: boolean }) {
  if (outcomes.calibration === null) return <p>{missingSentence(outcomes)}</p>;
  return (
    <>
      <p>{calibrationSentence(outcomes.calibration)}</p>
      <TableRegion name={`Table of the calibration of ${modelName(outcomes.model)}`}>
        <thead>
          <tr>
            <th scope="col">Scores</th>
            <th scope="col" className="number">Labels</th>
            <th scope="col" className="number">Foretold</th>
            <th scope="col" className="number">Were fraud</th>
            <th scope="col">Reading</th>
          </tr>
        </thead>
        <tbody>
          {outcomes.calibration.map((group) => (
            <Group key={group.score_from} group={group} isOld={isOld} />
          ))}
        </tbody>
      </TableRegion>
      <p className="muted small">
        About a tenth of the labelled payments a row, with the 95 % interval of their share of frauds. Where only chargebacks are
        reported there is more fraud among labels than among payments.
      </p>
    </>
  );
}

function Group({ group, isOld }: { group: ScoreGroup; isOld: boolean }) {
  const { word, tone } = groupReading(group);
  const { share, low, high } = group.fraud_share;
  return (
    <tr>
      <th scope="row" className="figures">
        {score(group.score_from)} to {score(group.score_to)}
      </th>
      <td className="number">{count(group.n)}</td>
      <td className="number">{fine(group.mean_score)}</td>
      <td className="number">
        {fine(share)} ({fine(low)} to {fine(high)})
      </td>
      <td>
        <Chip tone={tone} isOld={isOld}>
          {isOld ? word.toLowerCase() : word}
        </Chip>
      </td>
    </tr>
  );
}
