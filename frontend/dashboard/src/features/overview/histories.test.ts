import { describe, expect, it } from 'vitest';
import type { CircuitStatus } from '@/lib/api/circuit';
import { aCircuit } from '@/testing/answers';
import { remember, toMarks, toSegments, type History } from './histories';

const NOW = Date.parse('2026-11-24T10:10:00Z');
const MIN = 60_000;
const at = (minutesAgo: number) => new Date(NOW - minutesAgo * MIN).toISOString();
const change = (minutesAgo: number, from: CircuitStatus['state'], to: CircuitStatus['state']) => ({ at: at(minutesAgo), from, to, failures: 3 });
const history = (...changes: CircuitStatus['changes']): History => ({
  instance: 'a',
  state: changes[0]?.to ?? 'closed',
  changes,
  nowMs: NOW,
  lastFailure: null,
  brain: 'ready',
  heardMs: 0,
  triesAtMs: 0,
});
const spans = (segments: ReturnType<typeof toSegments>) => segments.map(({ state, fromMs, untilMs }) => [state, (NOW - fromMs) / MIN, (NOW - untilMs) / MIN]);

describe('the history of a circuit', () => {
  it('is one state where nothing changed', () => {
    expect(spans(toSegments(history(), 10 * MIN))).toEqual([['closed', 10, 0]]);
  });

  it('follows the changes, without a gap', () => {
    const told = history(change(1, 'half-open', 'closed'), change(2, 'open', 'half-open'), change(5, 'closed', 'open'));
    expect(spans(toSegments(told, 10 * MIN))).toEqual([['closed', 10, 5], ['open', 5, 2], ['half-open', 2, 1], ['closed', 1, 0]]);
  });

  it('begins within a state whose change is out of sight', () => {
    expect(spans(toSegments(history(change(30, 'closed', 'open')), 10 * MIN))).toEqual([['open', 10, 0]]);
  });

  it('claims nothing of the time before the gateway ran, or before changes that were dropped', () => {
    expect(spans(toSegments(history(), 10 * MIN, NOW - 4 * MIN))).toEqual([['unknown', 10, 4], ['closed', 4, 0]]);
    const many = Array.from({ length: 50 }, (_, i) => change(i / 10, 'closed', 'open'));
    expect(toSegments(history(...many), 10 * MIN)[0]?.state).toBe('unknown');
  });
});

describe('what several gateways tell in turn', () => {
  const answer = (names: string[], ...changes: CircuitStatus['changes']) =>
    ({
      state: 'closed',
      changes,
      brains: [],
      instances: names.map((instance) => ({ instance, state: 'closed', failures: 0, seen_at: at(0) })),
    }) as unknown as CircuitStatus;

  it('is kept side by side, and forgotten with a gateway that is gone', () => {
    const first = remember([], answer(['b', 'a'], change(2, 'closed', 'open')), 0);
    const second = remember(first, answer(['a', 'b']), 0);
    expect(second.map(({ instance, changes }) => [instance, changes.length])).toEqual([['a', 0], ['b', 1]]);
    expect(remember(second, answer(['a']), 0).map(({ instance }) => instance)).toEqual(['a']);
  });

  it('is one mark where they opened together, and none where a trial failed', () => {
    const a = { ...history(change(1, 'half-open', 'open'), change(5, 'closed', 'open')), instance: 'a' };
    const b = { ...history(change(5 - 1 / 60, 'closed', 'open')), instance: 'b' };
    expect(toMarks([a, b])).toEqual([{ atMs: NOW - 5 * MIN, word: 'Opened' }]);
  });
});

describe('what an answer tells of the next attempt', () => {
  const told = (circuit: Partial<CircuitStatus>) => remember([], aCircuit({ state: 'open', ...circuit }), 60_000)[0];

  it('is a time while there is one to wait for, and due for as long as it is due', () => {
    expect(told({ retry_after_ms: 4_000 })?.triesAtMs).toBe(64_000);
    expect(told({ retry_after_ms: 0 })?.triesAtMs).toBe(0);
  });

  it('is whether a brain can be tried: one that is unhealthy is not away', () => {
    const [brain] = aCircuit().brains;
    if (!brain) throw new Error('the example has a brain');
    expect(told({ scorer_reachable: true })?.brain).toBe('ready');
    expect(told({ scorer_reachable: false, brains: [{ ...brain, is_distrusted: true }] })?.brain).toBe('distrusted');
    expect(told({ scorer_reachable: false, brains: [{ ...brain, reach: 'unreachable' }] })?.brain).toBe('away');
  });
});
