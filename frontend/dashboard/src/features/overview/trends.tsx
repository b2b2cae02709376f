'use client';

import { memo } from 'react';
import { LineChart, type Mark } from '@/components/charts/line-chart';
import { trafficQuery, type Traffic } from '@/lib/api/stats';
import { latency, rate, timeOfDay } from '@/lib/format';
import type { PageState } from '@/lib/part';
import { usePolled } from '@/lib/polling';
import { counted } from '@/lib/words';
import styles from './overview.module.css';
import { Panel } from './panel';

const HEIGHT_REM = 16.5;

/** Four minutes of what was decided and how fast. `marks`: when the circuit opened. */
export const Trends = memo(function Trends({ page, marks }: { page: PageState; marks: readonly Mark[] }) {
  const query = usePolled(trafficQuery);
  const whose = (traffic: Traffic) => !traffic.is_whole && <span className="muted small">{ofGateways(traffic)}</span>;
  return (
    <div className={styles.trends}>
      <Panel title="Verdicts per second" query={query} page={page} heightRem={HEIGHT_REM} aside={whose}>
        {(traffic) => (
          <LineChart name="Verdicts per second" summary={verdictSummary(traffic, marks)} lines={verdictLines(traffic)} missing="not known" pointOf={`${traffic.bucket_s} s`} format={rate} {...span(traffic, marks)} />
        )}
      </Panel>
      <Panel title="Gateway latency" query={query} page={page} heightRem={HEIGHT_REM} aside={whose}>
        {(traffic) => (
          <LineChart name="Gateway latency" summary={latencySummary(traffic, marks)} lines={latencyLines(traffic)} pointOf={`${traffic.bucket_s} s`} format={latency} leastTop={10} {...span(traffic, marks)} />
        )}
      </Panel>
    </div>
  );
});

const OUTCOMES = [['Approve', 'approve'], ['Review', 'review'], ['Block', 'block'], ['Unscored', 'blind'], ['Scored without history', 'degraded']] as const;
const PERCENTILES = ['p50', 'p95', 'p99'] as const;

/** The times of the buckets, and what happened within them: no chart shows, or names, what was before or is not yet closed. */
function span({ buckets, known_from }: Traffic, marks: readonly Mark[]): { timesMs: number[]; marks: Mark[] } {
  const timesMs = buckets.map(({ at }) => Date.parse(at));
  const [from = 0, until = 0] = [timesMs[0], timesMs.at(-1)];
  const all = [...marks, { atMs: Date.parse(known_from), word: 'Started' }].sort((one, other) => one.atMs - other.atMs);
  return { timesMs, marks: all.filter(({ atMs }) => atMs > from && atMs <= until) };
}

/** Of minutes in which the gateway that answers did not run nothing is known: a gap, and never 0. */
function verdictLines({ buckets, bucket_s, known_from }: Traffic) {
  const isKnown = (at: string) => Date.parse(at) >= Date.parse(known_from);
  return OUTCOMES.map(([name, outcome]) => ({ name, values: buckets.map(({ at, counts }) => (isKnown(at) ? counts[outcome] / bucket_s : null)) }));
}

function latencyLines({ buckets }: Traffic) {
  return PERCENTILES.map((name) => ({ name, values: buckets.map(({ latency_ms }) => latency_ms?.[name] ?? null) }));
}

function verdictSummary(traffic: Traffic, marks: readonly Mark[]): string {
  const lately = OUTCOMES.map(([name, outcome]) => `${name.toLowerCase()} ${rate(traffic.last_10s.per_s[outcome])}`).join(', ');
  return summary('Verdicts per second', lately, traffic, marks);
}

function latencySummary(traffic: Traffic, marks: readonly Mark[]): string {
  const lately = PERCENTILES.map((name) => `${name} ${latency(traffic.last_10s.latency_ms?.[name])}`).join(', ');
  return summary('Latency of the gateway', lately, traffic, marks);
}

function summary(what: string, lately: string, traffic: Traffic, marks: readonly Mark[]): string {
  const whose = traffic.is_whole ? '' : ` ${ofGateways(traffic)};`;
  const seen = span(traffic, marks).marks;
  const started = seen.find(({ word }) => word === 'Started');
  const opened = seen.filter(({ word }) => word !== 'Started').map(({ atMs }) => timeOfDay(atMs));
  return `${what}${whose} over the last four minutes; of the last 10 s ${lately}.${opened.length ? ` The circuit opened at ${opened.join(', ')}.` : ''}${started ? ` The gateway started at ${timeOfDay(started.atMs)}; of before nothing is known.` : ''}`;
}

function ofGateways({ instances }: Traffic): string {
  return `of ${counted(instances, 'gateway')}; others not known`;
}
