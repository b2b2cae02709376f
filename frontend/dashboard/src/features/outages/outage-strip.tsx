import { useId, useState } from 'react';
import { timeTicks } from '@/components/charts/ticks';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import type { Outage } from '@/lib/api/outages';
import styles from './outage-strip.module.css';
import { SPANS, summarize, toBars, type Span } from './timeline';

const HEIGHT_PX = 28;
const TICKS_MAX = 4; // "23 Nov" side by side on a phone
const toPercent = (share: number) => `${share * 100}%`;

/**
 * When there were outages lately, drawn; the table below it has the same in words. `isCut`: older ones exist that were
 * not passed.
 */
export function OutageStrip({ outages, isCut, nowMs, isOld }: { outages: readonly Outage[]; isCut: boolean; nowMs: number; isOld: boolean }) {
  const [span, setSpan] = useState<Span>('24h');
  const id = useId();
  const oldest = outages.at(-1);
  const isShort = isCut && oldest !== undefined && new Date(oldest.from).getTime() > nowMs - SPANS[span].ms;
  return (
    <Card
      title="When"
      isOld={isOld}
      aside={
        <div role="group" aria-label="Shown time" className={styles.spans}>
          <Button aria-pressed={span === '24h'} onClick={() => setSpan('24h')}>
            24 hours
          </Button>
          <Button aria-pressed={span === '7d'} onClick={() => setSpan('7d')}>
            7 days
          </Button>
        </div>
      }
    >
      <figure className={styles.figure}>
        <svg role="img" aria-labelledby={id} className={styles.strip} width="100%" height={HEIGHT_PX}>
          <rect className={styles.ground} width="100%" height={HEIGHT_PX} />
          {toBars(outages, span, nowMs).map((bar) => (
            <rect
              key={bar.id}
              className={styles.bar}
              data-open={bar.isOpen || undefined}
              x={toPercent(bar.start)}
              width={toPercent(bar.width)}
              height={HEIGHT_PX}
            />
          ))}
        </svg>
        <div aria-hidden="true" className={styles.ticks}>
          {timeTicks(nowMs - SPANS[span].ms, nowMs, TICKS_MAX).map(({ atMs, text }) => (
            <span key={atMs} style={{ left: toPercent(1 - (nowMs - atMs) / SPANS[span].ms) }}>
              {text}
            </span>
          ))}
        </div>
        <figcaption id={id} className="small">
          {summarize(outages, span, nowMs)}
          {isShort && ` Only the newest ${outages.length} are drawn.`}
        </figcaption>
      </figure>
    </Card>
  );
}
