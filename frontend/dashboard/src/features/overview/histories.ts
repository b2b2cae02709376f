import { useState } from 'react';
import type { Mark } from '@/components/charts/line-chart';
import { circuitQuery, type CircuitStatus } from '@/lib/api/circuit';
import type { CircuitState } from '@/lib/circuit-words';
import { usePolled } from '@/lib/polling';

/**
 * How one gateway's circuit is and was, as it told last. `changes` newest first; `nowMs`: its clock when it told this;
 * `heardMs`: when that was heard, and `triesAtMs`: when it may try an open circuit again, both on this browser's clock.
 */
export interface History {
  instance: string;
  state: CircuitState;
  changes: CircuitStatus['changes'];
  nowMs: number;
  lastFailure: CircuitStatus['last_failure'];
  /** Whether a brain can be tried: none is connected, or none that is connected is healthy. */
  brain: 'ready' | 'distrusted' | 'away';
  heardMs: number;
  triesAtMs: number;
}

export interface Segment {
  state: CircuitState | 'unknown';
  fromMs: number;
  untilMs: number;
}

const CHANGES_TOLD_MAX = 50;
const NONE: readonly History[] = [];

/** Behind one address may be several gateways, and each answer is one's own: what others told before is kept. */
export function useHistories(): readonly History[] {
  const { data, dataUpdatedAt } = usePolled(circuitQuery);
  const [kept, setKept] = useState<{ of: CircuitStatus | undefined; histories: readonly History[] }>({ of: undefined, histories: NONE });
  if (data === undefined || data === kept.of) return kept.histories;
  const histories = remember(kept.histories, data, dataUpdatedAt);
  setKept({ of: data, histories });
  return histories;
}

/** Pure: what is known after one more answer, heard at `heardMs`. A gateway that is not listed any more is forgotten. */
export function remember(known: readonly History[], circuit: CircuitStatus, heardMs: number): readonly History[] {
  const { instances, state, changes } = circuit;
  const [answering] = instances; // the one that answers comes first
  if (!answering) return known;
  const told: History = {
    instance: answering.instance,
    state,
    changes,
    nowMs: Date.parse(answering.seen_at),
    lastFailure: circuit.last_failure,
    brain: circuit.scorer_reachable ? 'ready' : circuit.brains.some(({ reach }) => reach === 'live') ? 'distrusted' : 'away',
    heardMs,
    // a trial that is due stays due, however late the page's clock is: "in 1 s" would come and go with each answer
    triesAtMs: circuit.retry_after_ms > 0 ? heardMs + circuit.retry_after_ms : 0,
  };
  const listed = new Set(instances.map(({ instance }) => instance));
  const others = known.filter(({ instance }) => instance !== told.instance && listed.has(instance));
  return [...others, told].sort((one, other) => one.instance.localeCompare(other.instance));
}

/** When closed circuits opened, as marks for charts; several gateways that opened within two seconds are one mark. */
export function toMarks(histories: readonly History[]): Mark[] {
  const opened = histories
    .flatMap(({ changes }) => changes.filter(({ from, to }) => from === 'closed' && to === 'open'))
    .map(({ at }) => Date.parse(at))
    .sort((one, other) => one - other);
  return opened.filter((atMs, i) => atMs - (opened[i - 1] ?? -Infinity) > 2_000).map((atMs) => ({ atMs, word: 'Opened' }));
}

/**
 * The states of the last `spanMs`, oldest first and without a gap. What was before the oldest change is known only while
 * no older ones were dropped; nothing is known of what was before `startedMs`.
 */
export function toSegments(history: History, spanMs: number, startedMs = -Infinity): Segment[] {
  const begin = history.nowMs - spanMs;
  const changes = [...history.changes].reverse();
  const before: Segment['state'] = changes.length >= CHANGES_TOLD_MAX ? 'unknown' : (changes[0]?.from ?? history.state);
  const points: { atMs: number; state: Segment['state'] }[] = [
    { atMs: begin, state: startedMs > begin ? 'unknown' : before },
    ...(startedMs > begin ? [{ atMs: startedMs, state: before }] : []),
    ...changes.map(({ at, to }) => ({ atMs: Date.parse(at), state: to })),
  ];
  return points
    .map(({ atMs, state }, i) => ({ state, fromMs: Math.max(atMs, begin), untilMs: Math.min(points[i + 1]?.atMs ?? history.nowMs, history.nowMs) }))
    .filter(({ fromMs, untilMs }) => untilMs > fromMs);
}
