import Link from 'next/link';
import type { Ref } from 'react';
import { TableRegion } from '@/components/ui/table-region';
import type { Outage } from '@/lib/api/outages';
import { amount, count, dayAndTime } from '@/lib/format';
import { lasted } from '@/lib/words';
import { causeOf } from './causes';
import { OutageState } from './outage-state';
import styles from './outages.module.css';
import { isJudged, lengthS } from './story';

/** Outages, newest first; the time of each leads to its report. */
export function OutageTable({
  outages,
  nowMs,
  isOld,
  isBusy,
  ref,
}: {
  outages: readonly Outage[];
  nowMs: number;
  isOld: boolean;
  isBusy: boolean;
  ref: Ref<HTMLDivElement>;
}) {
  return (
    <TableRegion ref={ref} name="Table of outages" isBusy={isBusy}>
      <thead>
        <tr>
          <th scope="col">Began</th>
          <th scope="col">State</th>
          <th scope="col" className="number">Lasted</th>
          <th scope="col">Why</th>
          <th scope="col" className="number">Unscored</th>
          <th scope="col" className="number">Without history</th>
          <th scope="col" className="number">Exposed</th>
          <th scope="col" className="number">Scored since</th>
          <th scope="col" className="number">Would differ</th>
        </tr>
      </thead>
      <tbody>
        {outages.map((outage) => (
          <tr key={outage.outage_id}>
            <th scope="row">
              <Link prefetch={false} href={`/outages/?id=${outage.outage_id}`}>
                {dayAndTime(outage.from)}
              </Link>
            </th>
            <td>
              <OutageState outage={outage} isOld={isOld} />
            </td>
            <td className="number">{lasted(lengthS(outage, nowMs))}</td>
            <td>{causeOf(outage.cause).short}</td>
            <FigureCells figures={outage.figures} />
          </tr>
        ))}
      </tbody>
    </TableRegion>
  );
}

function FigureCells({ figures }: { figures: Outage['figures'] }) {
  if (figures === null) {
    return (
      <td colSpan={5} className="muted">
        Not counted yet
      </td>
    );
  }
  const { currency } = figures;
  return (
    <>
      <td className="number">
        {count(figures.blind)}{' '}
        {figures.suspect > 0 && <span className={styles.second}>and {count(figures.suspect)} suspect</span>}
      </td>
      <td className="number">{count(figures.degraded)}</td>
      <td className="number">{amount(figures.amount_exposed, currency)}</td>
      <td className="number">{count(figures.rescored)}</td>
      <td className="number">
        {isJudged(figures) ? count(figures.flipped) : <span className="muted">not known yet</span>}{' '}
        {figures.flipped > 0 && <span className={styles.second}>{amount(figures.amount_flipped, currency)}</span>}
      </td>
    </>
  );
}
