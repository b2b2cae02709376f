import { describe, expect, it } from 'vitest';
import { meaningOf, scoring, type CircuitState } from './circuit-words';

const fleet = (fleet_state: CircuitState, ...states: CircuitState[]) => ({
  fleet_state,
  instances: states.map((state, i) => ({ instance: `gateway:${i}`, state, failures: 0, seen_at: '2026-11-24T10:00:00Z' })),
});

describe('what a circuit means', () => {
  it('is of all gateways only where all are in the same state', () => {
    expect(scoring(fleet('open', 'open', 'open'))).toMatchObject({ where: '', sentence: 'Requests are answered fail-open, without a score.' });
    expect(scoring(fleet('open', 'open', 'closed', 'closed'))).toMatchObject({
      where: ' on 1 of 3 gateways',
      sentence: 'Their requests are answered fail-open, without a score.',
      before: 'Their requests were answered fail-open, without a score.',
    });
    expect(scoring(fleet('half-open', 'closed', 'half-open')).where).toBe(' on 1 of 2 gateways');
    expect(scoring(fleet('open', 'open', 'half-open', 'closed')).where).toBe(' on 2 of 3 gateways');
  });

  it('is not known of a state that a newer gateway brings', () => {
    expect(meaningOf('ajar' as CircuitState)).toMatchObject({ tone: 'unknown', word: 'ajar' });
  });
});
