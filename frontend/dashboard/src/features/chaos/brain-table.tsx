import { Card } from '@/components/ui/card';
import { Chip } from '@/components/ui/chip';
import { Notice } from '@/components/ui/notice';
import { TableRegion } from '@/components/ui/table-region';
import type { BrainFaults } from '@/lib/api/faults';
import { describe, isOff } from '@/lib/faults-words';
import { capital } from '@/lib/record/words';

/** Each brain: whether it takes changes, and what it injects. */
export function BrainTable({ brains, isOld }: { brains: readonly BrainFaults[]; isOld: boolean }) {
  return (
    <Card title="Brains" isOld={isOld}>
      {brains.length === 0 ? (
        <Notice>This gateway knows no brain: its address leads to none.</Notice>
      ) : (
        <TableRegion name="Table of brains">
          <thead>
            <tr>
              <th scope="col">Brain</th>
              <th scope="col">Takes changes</th>
              <th scope="col">Injects</th>
            </tr>
          </thead>
          <tbody>
            {brains.map((brain) => (
              <tr key={brain.address}>
                <th scope="row">{brain.address}</th>
                <td>{brain.faults === null ? 'not known' : brain.is_allowed ? 'yes' : 'no: BRAIN_FAULT_CONTROL is off'}</td>
                <td>
                  <Injected brain={brain} isOld={isOld} />
                </td>
              </tr>
            ))}
          </tbody>
        </TableRegion>
      )}
    </Card>
  );
}

function Injected({ brain, isOld }: { brain: BrainFaults; isOld: boolean }) {
  if (brain.faults === null) return <Chip tone="unknown">Silent</Chip>;
  if (isOff(brain.faults)) return <Chip tone="good" isOld={isOld}>{isOld ? 'nothing' : 'Nothing'}</Chip>;
  return <>{capital(describe(brain.faults).join('; '))}</>;
}
