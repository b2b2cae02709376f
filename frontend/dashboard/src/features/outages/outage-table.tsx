import Link from 'next/link';
import type { Outage } from '@/lib/api/outages';
import { amount, count, dayAndTime } from '@/lib/format';
import { lasted } from '@/lib/words';
import { CAUSES } from './causes';
import { OutageState } from './outage-state';
import styles from './outages.module.css';
import { lengthS } from './story';

/** Outages, newest first; the time of each leads to its report. */
export function OutageTable({ outages, nowMs, isOld }: { outages: readonly Outage[]; nowMs: number; isOld: boolean }) {
  return (
    // wide: it scrolls by itself where the page is narrow, by keyboard as well
    <div role="region" aria-label="Table of outages" tabIndex={0} className={styles.scroller}>
      <table>
        <thead>
          <tr>
            <th scope="col">Began</th>
            <th scope="col" className="number">Lasted</th>
            <th scope="col">Why</th>
            <th scope="col" className="number">Unscored</th>
            <th scope="col" className="number">Exposed</th>
            <th scope="col" className="number">Scored since</th>
            <th scope="col" className="number">Would differ</th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {outages.map((outage) => (
            <tr key={outage.outage_id}>
              <th scope="row" className={styles.began}>
                <Link prefetch={false} href={`/outages/?id=${outage.outage_id}`}>
                  {dayAndTime(outage.from)}
                </Link>
              </th>
              <td className="number">{lasted(lengthS(outage, nowMs))}</td>
              <td>{CAUSES[outage.cause].short}</td>
              <FigureCells figures={outage.figures} />
              <td>
                <OutageState outage={outage} isOld={isOld} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Verdicts whose score was doubted count with those that had none: both were taken without a score worth the name. */
function FigureCells({ figures }: { figures: Outage['figures'] }) {
  if (figures === null) {
    return (
      <td colSpan={4} className="muted">
        Not counted yet
      </td>
    );
  }
  const { currency } = figures;
  return (
    <>
      <td className="number">{count(figures.blind + figures.doubted)}</td>
      <td className="number">{amount(figures.amount_exposed, currency)}</td>
      <td className="number">{count(figures.rescored)}</td>
      <td className="number">
        {count(figures.flipped)}
        {figures.flipped > 0 && <span className={styles.worth}>{amount(figures.amount_flipped, currency)}</span>}
      </td>
    </>
  );
}
