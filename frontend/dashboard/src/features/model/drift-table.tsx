import { Card } from '@/components/ui/card';
import { Chip } from '@/components/ui/chip';
import { TableRegion } from '@/components/ui/table-region';
import type { Drift, ModelInService } from '@/lib/api/models';
import { count } from '@/lib/format';
import { modelName, quantityName } from './names';
import { DRIFT_ROWS_MIN, driftSentence, readingOf } from './readings';

/**
 * Whether what is scored has moved away from what a model was judged on; each quantity by itself is one click away.
 * `isOwn`: it was trained on the shop's own payments.
 */
export function DriftTable({ model, isOwn, isOld }: { model: ModelInService; isOwn: boolean; isOld: boolean }) {
  return (
    <Card title={`Drift of ${modelName(model)}`} isOld={isOld}>
      <p>{driftSentence(model.drift, isOwn)}</p>
      {model.drift.length > 0 && (
        <details>
          <summary>Each quantity</summary>
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
                <Row key={one.name} drift={one} isOwn={isOwn} isOld={isOld} />
              ))}
            </tbody>
          </TableRegion>
          <p className="muted small">Below 0.1 as expected, above 0.25 different. What to watch is a change of the index.</p>
        </details>
      )}
    </Card>
  );
}

function Row({ drift, isOwn, isOld }: { drift: Drift; isOwn: boolean; isOld: boolean }) {
  return (
    <tr>
      <th scope="row">{quantityName(drift.name)}</th>
      <td>
        <Reading drift={drift} isOwn={isOwn} isOld={isOld} />
      </td>
      <td className="number">{drift.psi === null ? 'none' : drift.psi.toFixed(3)}</td>
      <td className="number">{count(drift.rows)}</td>
    </tr>
  );
}

function Reading({ drift: { name, reading, rows }, isOwn, isOld }: { drift: Drift; isOwn: boolean; isOld: boolean }) {
  if (reading === null) {
    return (
      <span className="muted">
        {count(rows)} of {DRIFT_ROWS_MIN} payments that it needs
      </span>
    );
  }
  const { word, tone } = readingOf({ name, reading }, isOwn);
  if (tone === null) return word;
  return (
    <Chip tone={tone} isOld={isOld}>
      {isOld ? word.toLowerCase() : word}
    </Chip>
  );
}
