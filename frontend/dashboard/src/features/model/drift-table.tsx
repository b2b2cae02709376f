import { Card } from '@/components/ui/card';
import { Chip } from '@/components/ui/chip';
import { TableRegion } from '@/components/ui/table-region';
import type { Drift, ModelInService } from '@/lib/api/models';
import { count } from '@/lib/format';
import { modelName, quantityName } from './names';
import { DRIFT_ROWS_MIN, driftSentence, readingOf } from './readings';

/** How far each quantity has moved from what a model was judged on. */
export function DriftTable({ model, isOld }: { model: ModelInService; isOld: boolean }) {
  return (
    <Card title={`Drift of ${modelName(model)}`} isOld={isOld}>
      <p>{driftSentence(model.drift)}</p>
      {model.drift.length > 0 && (
        <>
          <TableRegion name={`Table of the drift of ${modelName(model)}`}>
            <thead>
              <tr>
                <th scope="col">Quantity</th>
                <th scope="col">Reading</th>
                <th scope="col" className="number">Index (PSI)</th>
                <th scope="col" className="number">Payments</th>
              </tr>
            </thead>
            <tbody>
              {model.drift.map((one) => (
                <Row key={one.name} drift={one} isOld={isOld} />
              ))}
            </tbody>
          </TableRegion>
          <p className="muted small">
            Below 0.1 stable, above 0.25 shifted. Expect &ldquo;shifted&rdquo; from the first day: the model was judged on
            simulated payments with a month of history. What to watch is a change of the index.
          </p>
        </>
      )}
    </Card>
  );
}

function Row({ drift, isOld }: { drift: Drift; isOld: boolean }) {
  const reading = drift.reading === null ? null : readingOf(drift.reading);
  return (
    <tr>
      <th scope="row">{quantityName(drift.name)}</th>
      <td>
        {reading ? (
          <Chip tone={reading.tone} isOld={isOld}>
            {isOld ? reading.word.toLowerCase() : reading.word}
          </Chip>
        ) : (
          <span className="muted">
            {count(drift.rows)} of {DRIFT_ROWS_MIN} payments that it needs
          </span>
        )}
      </td>
      <td className="number">{drift.psi === null ? 'none' : drift.psi.toFixed(3)}</td>
      <td className="number">{count(drift.rows)}</td>
    </tr>
  );
}
