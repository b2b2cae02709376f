import { describe, expect, it } from 'vitest';
import { aCondition, aStatus } from '@/testing/answers';
import { freshness, situation, unreachable } from './words';

const OPEN = aCondition('CIRCUIT_OPEN', 'The circuit is not closed');
const NO_HISTORY = aCondition('DEGRADED_VERDICTS', 'Scores are made without history');
const NO_LEDGER = aCondition('LEDGER_DOWN', 'MongoDB does not answer');
const DRILL = aCondition('INJECTED_FAULTS', 'Faults are injected', { severity: 'notice' });

type State = 'closed' | 'open' | 'half-open';

const circuit = (...states: State[]) => ({
  fleet_state: (['open', 'half-open'] as const).find((state) => states.includes(state)) ?? ('closed' as const),
  health: aStatus(...(states.some((state) => state !== 'closed') ? [OPEN] : [])),
  instances: states.map((state, i) => ({ instance: `gateway:${i}`, state, failures: 0, seen_at: '2026-11-24T10:00:00Z' })),
});

describe('the sentence that is read out', () => {
  it('says whether requests are scored', () => {
    expect(situation('live', circuit('closed'))).toEqual({ tone: 'good', text: 'Gateway reachable. Circuit closed. Nothing is wrong.' });
    expect(situation('live', circuit('open'))?.text).toContain('without a score');
  });

  it('is green only while nothing at all is wrong, and says what is', () => {
    const closed = (...conditions: Parameters<typeof aStatus>) => situation('live', { ...circuit('closed'), health: aStatus(...conditions) });
    expect(closed(NO_LEDGER, NO_HISTORY)).toEqual({
      tone: 'warn',
      text: 'Gateway reachable. Circuit closed. MongoDB does not answer; scores are made without history.',
    });
    expect(closed(DRILL)).toEqual({ tone: 'notice', text: 'Gateway reachable. Circuit closed. Faults are injected.' });
    expect(closed(aCondition('BRAIN_UNREACHABLE', 'No brain is connected'))?.tone).toBe('bad');
  });

  it('says what else is wrong beside an open circuit', () => {
    const open = situation('live', { ...circuit('open'), health: aStatus(OPEN, NO_LEDGER) });
    expect(open).toEqual({
      tone: 'bad',
      text: 'Gateway reachable. Circuit open: requests are answered fail-open, without a score. MongoDB does not answer.',
    });
  });

  it('does not call well what an older gateway does not tell', () => {
    expect(situation('live', { ...circuit('closed'), health: undefined })).toEqual({
      tone: 'unknown',
      text: 'Gateway reachable. Circuit closed. What else is wrong is not told.',
    });
  });

  it('says on how many gateways the circuit is open, where not on all', () => {
    expect(situation('live', circuit('closed', 'open', 'open'))?.text).toBe(
      'Gateway reachable. Circuit open on 2 of 3 gateways: their requests are answered fail-open, without a score.',
    );
  });

  it('does not change with a trial that fails, so that it is not read out again each half minute', () => {
    expect(situation('live', circuit('half-open'))).toEqual(situation('live', circuit('open')));
    expect(situation('live', circuit('half-open', 'open', 'closed'))).toEqual(situation('live', circuit('open', 'open', 'closed')));
    expect(situation('live', circuit('half-open', 'half-open', 'closed'))).toEqual(situation('live', circuit('open', 'open', 'closed')));
  });

  it('gives way to the banner, and calls nothing by its state that is not known or over', () => {
    expect(situation('unreachable', circuit('closed'))).toBeNull();
    expect(situation('connecting', undefined)?.text).toBe('Connecting to the gateway.');
    expect(situation('live', undefined)?.tone).toBe('unknown');
    expect(situation('stale', circuit('closed'))?.text).not.toContain('scored');
  });
});

describe('a pause', () => {
  it('tells how the circuit was, and when, not how it is', () => {
    expect(situation('live', circuit('closed'), '10:19:59')).toEqual({ tone: 'unknown', text: 'Updates paused. At 10:19:59 the circuit was closed.' });
    expect(situation('live', circuit('open', 'closed'), '10:19:59')?.text).toBe('Updates paused. At 10:19:59 the circuit was open on 1 of 2 gateways.');
    expect(situation('live', undefined, '10:19:59')?.text).toBe('Updates paused. How the circuit is, is not known.');
  });

  it('does not hide that the gateway is away', () => {
    expect(situation('unreachable', circuit('closed'), '10:19:59')).toBeNull();
    expect(freshness({ state: 'unreachable', isPaused: true }, aStatus()).word).toBe('Unreachable');
    expect(freshness({ state: 'live', isPaused: true }, aStatus()).word).toBe('Updates paused');
    expect(unreachable('10:19:59', true)).toBe('Cannot reach the gateway. The figures below are from 10:19:59. Updates are paused.');
  });
});

describe('the word at the top', () => {
  const word = (...conditions: Parameters<typeof aStatus>) => freshness({ state: 'live', isPaused: false }, aStatus(...conditions));

  it('is green only beside a page on which nothing is wrong', () => {
    expect(word()).toEqual({ tone: 'good', word: 'Live' });
    expect(word(NO_HISTORY)).toEqual({ tone: 'warn', word: 'Degraded' });
    expect(word(OPEN)).toEqual({ tone: 'bad', word: 'Degraded' });
    expect(word(DRILL)).toEqual({ tone: 'notice', word: 'Live' });
    expect(freshness({ state: 'live', isPaused: false }, undefined)).toEqual({ tone: 'unknown', word: 'Live' });
  });
});

describe('the banner', () => {
  it('says from when the figures are, and that nothing came yet', () => {
    expect(unreachable('10:19:59', false)).toBe('Cannot reach the gateway. The figures below are from 10:19:59. Retrying.');
    expect(unreachable(null, false)).toBe('Cannot reach the gateway. No data has arrived yet. Retrying.');
  });
});
