'use client';

import { memo } from 'react';
import { Chip } from '@/components/ui/chip';
import { circuitQuery } from '@/lib/api/circuit';
import { healthQuery } from '@/lib/api/health';
import { meaningOf } from '@/lib/circuit-words';
import { timeOfDay } from '@/lib/format';
import type { PageState } from '@/lib/part';
import { usePolled } from '@/lib/polling';
import { toSegments, type History, type Segment } from './histories';
import styles from './overview.module.css';
import { Panel } from './panel';

const SPAN_MIN = 10;
const SPAN_MS = SPAN_MIN * 60_000;
const STRIPS_MAX = 4;
const CHANGES_MAX = 4;

/** Ten minutes of the circuit: a strip for each gateway, and its newest changes in words. */
export const HistoryCard = memo(function HistoryCard({ page, histories }: { page: PageState; histories: readonly History[] }) {
  const { data: health } = usePolled(healthQuery);
  const startedMs = (history: History) => (health?.instance === history.instance ? history.nowMs - health.uptime_s * 1_000 : undefined);
  const changes = histories
    .flatMap(({ changes, nowMs }) => changes.filter(({ at }) => Date.parse(at) >= nowMs - SPAN_MS))
    .sort((one, other) => Date.parse(other.at) - Date.parse(one.at))
    .slice(0, CHANGES_MAX);
  return (
    <Panel title="Circuit, last 10 minutes" query={usePolled(circuitQuery)} page={page} heightRem={9}>
      {(_, isOld) => (
        <>
          {histories.slice(0, STRIPS_MAX).map((history) => (
            <Strip key={history.instance} history={history} segments={toSegments(history, SPAN_MS, startedMs(history))} hasName={histories.length > 1} />
          ))}
          {histories.length > STRIPS_MAX && <p className="muted small">and {histories.length - STRIPS_MAX} gateways more</p>}
          {changes.length === 0 ? (
            <p className="muted small">It has not changed in this time.</p>
          ) : (
            <ul className={styles.changes}>
              {changes.map(({ at, to }, place) => (
                <li key={place}>
                  <span className="figures">{timeOfDay(at)}</span>
                  <Chip tone={isOld ? 'unknown' : meaningOf(to).tone}>{meaningOf(to).word}</Chip>
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </Panel>
  );
});

function Strip({ history, segments, hasName }: { history: History; segments: readonly Segment[]; hasName: boolean }) {
  const begin = history.nowMs - SPAN_MS;
  return (
    <div className={styles.stripRow}>
      {hasName && <span className="muted small">{history.instance}</span>}
      <div role="img" aria-label={inWords(history, segments)} className={styles.strip}>
        {segments.map(({ state, fromMs, untilMs }) => (
          <span
            key={fromMs}
            data-state={state}
            style={{ left: `${((fromMs - begin) / SPAN_MS) * 100}%`, width: `${((untilMs - fromMs) / SPAN_MS) * 100}%` }}
          />
        ))}
      </div>
    </div>
  );
}

function inWords(history: History, segments: readonly Segment[]): string {
  const told = segments.slice(-CHANGES_MAX).map(({ state, fromMs }) => `${state} from ${timeOfDay(fromMs)}`);
  return `Circuit of ${history.instance} in the last ${SPAN_MIN} minutes: ${told.join(', ')}.`;
}
