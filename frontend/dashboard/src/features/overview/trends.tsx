'use client';

import { memo } from 'react';
import { LineChart, type Mark } from '@/components/charts/line-chart';
import { trafficQuery, type Traffic } from '@/lib/api/stats';
import { latency, rate, timeOfDay } from '@/lib/format';
import type { PageState } from '@/lib/part';
import { usePolled } from '@/lib/polling';
import styles from './overview.module.css';
import { Panel } from './panel';

const HEIGHT_REM = 16.5;

/** Four minutes of what was decided and how fast. `marks`: when the circuit opened. */
export const Trends = memo(function Trends({ page, marks }: { page: PageState; marks: readonly Mark[] }) {
  const query = usePolled(trafficQuery);
  return (
    <div className={styles.trends}>
      <Panel title="Verdicts per second" query={query} page={page} heightRem={HEIGHT_REM}>
        {(traffic) => (
          <LineChart
            name="Verdicts per second"
            summary={`${verdictSummary(traffic)}${openings(marks)}`}
            timesMs={times(traffic)}
            lines={verdictLines(traffic)}
            format={rate}
            marks={marks}
          />
        )}
      </Panel>
      <Panel title="Gateway latency" query={query} page={page} heightRem={HEIGHT_REM}>
        {(traffic) => (
          <LineChart
            name="Gateway latency"
            summary={`${latencySummary(traffic)}${openings(marks)}`}
            timesMs={times(traffic)}
            lines={latencyLines(traffic)}
            format={latency}
            marks={marks}
            leastTop={10}
          />
        )}
      </Panel>
    </div>
  );
});

const OUTCOMES = [['Approve', 'approve'], ['Review', 'review'], ['Block', 'block'], ['Unscored', 'blind']] as const;
const PERCENTILES = ['p50', 'p95', 'p99'] as const;

function times({ buckets }: Traffic): number[] {
  return buckets.map(({ at }) => Date.parse(at));
}

function verdictLines({ buckets, bucket_s }: Traffic) {
  return OUTCOMES.map(([name, outcome]) => ({ name, values: buckets.map(({ counts }) => counts[outcome] / bucket_s) }));
}

function latencyLines({ buckets }: Traffic) {
  return PERCENTILES.map((name) => ({ name, values: buckets.map(({ latency_ms }) => latency_ms?.[name] ?? null) }));
}

function verdictSummary({ last_10s }: Traffic): string {
  const now = OUTCOMES.map(([name, outcome]) => `${name.toLowerCase()} ${rate(last_10s.per_s[outcome])}`).join(', ');
  return `Verdicts per second over the last four minutes; now ${now}.`;
}

function latencySummary({ last_10s }: Traffic): string {
  const now = PERCENTILES.map((name) => `${name} ${latency(last_10s.latency_ms?.[name])}`).join(', ');
  return `Latency of the gateway over the last four minutes; now ${now}.`;
}

function openings(marks: readonly Mark[]): string {
  return marks.length ? ` The circuit opened at ${marks.map(({ atMs }) => timeOfDay(atMs)).join(', ')}.` : '';
}
