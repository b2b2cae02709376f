import { Card } from '@/components/ui/card';
import { Notice } from '@/components/ui/notice';
import { Part } from '@/components/ui/part';
import { TableRegion } from '@/components/ui/table-region';
import { rolesQuery, type Backtest, type Candidate, type ModelRoles } from '@/lib/api/models';
import { dayAndTime } from '@/lib/format';
import { usePolled } from '@/lib/polling';
import { metricName, modelName } from './names';
import styles from './model.module.css';
import { actionWord, changedModel, figureText, liveSentence, refusedSentence, rightsSentence, shownFigures, testedName, testedSentence } from './rollout-words';

/** Which models were promoted and how the last one that was brought did: asked for by itself, for it is in the ledger. */
export function Rollout() {
  return (
    <Part title="Changes of models" query={usePolled(rolesQuery)} heightRem={20}>
      {(roles, isOld) => (
        <>
          <LastCandidate candidate={roles.candidate} isOld={isOld} />
          <ModelHistory roles={roles} isOld={isOld} />
        </>
      )}
    </Part>
  );
}

/** How it did on past payments, beside the one before and the baselines. */
function LastCandidate({ candidate, isOld }: { candidate: Candidate | null; isOld: boolean }) {
  return (
    <Card title="Last candidate" isOld={isOld}>
      {candidate === null ? (
        <Notice>
          No model was brought yet. <code>sentinel model train</code> makes one of your own payments, <code>sentinel model promote</code> brings it.
        </Notice>
      ) : (
        <OfCandidate candidate={candidate} />
      )}
    </Card>
  );
}

function OfCandidate({ candidate }: { candidate: Candidate }) {
  return (
    <>
      <h3 className={styles.name}>{modelName(candidate)}</h3>
      <p>{rightsSentence(candidate)}</p>
      {candidate.backtest === null ? <p>It says nothing of a test on past payments.</p> : <Tested backtest={candidate.backtest} />}
      <p className="muted small">
        Brought by {candidate.by}, {dayAndTime(candidate.created_at)}.
      </p>
    </>
  );
}

function Tested({ backtest }: { backtest: Backtest }) {
  const figures = shownFigures(backtest);
  return (
    <>
      <p>{testedSentence(backtest)}</p>
      <TableRegion name="Table of the test on past payments">
        <thead>
          <tr>
            <th scope="col">Model</th>
            {figures.map((figure) => (
              <th key={figure} scope="col" className="number">
                {metricName(figure)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Object.entries(backtest.models).map(([name, values]) => (
            <tr key={name}>
              <th scope="row">{testedName(name)}</th>
              {figures.map((figure) => (
                <td key={figure} className="number">
                  {figureText(figure, values[figure])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </TableRegion>
    </>
  );
}

/** Who made which model decide, when and why. */
function ModelHistory({ roles, isOld }: { roles: ModelRoles; isOld: boolean }) {
  return (
    <Card title="Changes of models" isOld={isOld}>
      <p>{liveSentence(roles)}</p>
      {roles.refused.map((refused) => (
        <p key={`${refused.brain} ${refused.role}`} className={styles.warning}>
          {refusedSentence(roles, refused)}
        </p>
      ))}
      {roles.changes.length > 0 && <Changes roles={roles} />}
    </Card>
  );
}

function Changes({ roles }: { roles: ModelRoles }) {
  return (
    <TableRegion name="Table of changes of models">
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">What</th>
          <th scope="col">Model</th>
          <th scope="col">By</th>
          <th scope="col">Why</th>
        </tr>
      </thead>
      <tbody>
        {roles.changes.map((change) => (
          <tr key={`${change.at} ${change.action}`}>
            <td>{dayAndTime(change.at)}</td>
            <td>{actionWord(change.action)}</td>
            <th scope="row">{changedModel(roles, change)}</th>
            <td>{change.by}</td>
            <td>{change.why}</td>
          </tr>
        ))}
      </tbody>
    </TableRegion>
  );
}
