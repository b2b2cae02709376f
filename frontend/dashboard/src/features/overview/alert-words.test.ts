import { describe, expect, it } from 'vitest';
import { anAlert } from '@/testing/answers';
import { alertInWords, deliveryInWords, moreInWords } from './alert-words';

describe('an alert in words', () => {
  it('says what a later score thinks of a verdict that was given blindly', () => {
    const told = alertInWords(
      anAlert('verdict.amended', { transaction_id: 'txn/1', amount: '4200.50', currency: 'USD', old: 'approve', new: 'block', score: 0.97 }),
    );
    expect(told.sentence).toBe('txn/1 over 4,200.50 USD: was approved, its score 0.9700 says block.');
    expect(told.address).toBe('/transactions/?tx=txn%2F1');
  });

  it('says why scores stopped, and how it ended', () => {
    expect(alertInWords(anAlert('outage.started', { outage_id: 'abc', cause: 'SCORER_TIMEOUT' }))).toMatchObject({
      sentence: 'Scores stopped: the scorer did not answer in time.',
      address: '/outages/?id=abc',
    });
    const ended = { outage_id: 'abc', from: '2026-11-24T10:00:00Z', to: '2026-11-24T10:01:05Z', figures: { blind: 1412, flipped: 3 } };
    expect(alertInWords(anAlert('outage.ended', ended)).sentence).toBe('It lasted 1 min 5 s: 1,412 verdicts without a score, 3 flipped.');
    const degraded = { ...ended, figures: { blind: 0, degraded: 438, flipped: 76 } };
    expect(alertInWords(anAlert('outage.ended', degraded)).sentence).toBe('It lasted 1 min 5 s: 0 verdicts without a score, 438 without history, 76 flipped.');
    expect(alertInWords(anAlert('outage.started', { outage_id: 'abc', cause: 'LEDGER_UNAVAILABLE' })).sentence).toBe(
      'Scores are made without history: MongoDB does not answer.',
    );
    expect(alertInWords(anAlert('outage.ended', { ...ended, figures: null })).sentence).toBe('It lasted 1 min 5 s.');
  });

  it('says that a model does not fit, and where to look', () => {
    const told = alertInWords(anAlert('model.misfit', { model: { name: 'gbdt', version: '2' }, allowed: 20 }));
    expect(told.sentence).toBe('Model and traffic do not fit: gbdt 2 would block more payments than it may (20). People look at the rest.');
    expect(told.address).toBe('/model/');
    expect(alertInWords(anAlert('model.misfit', {})).sentence).toContain('a model would block more payments than it may (not known how many)');
  });

  it('does not break on what a newer gateway says', () => {
    const unheard = { ...anAlert('scorer.blind', {}), kind: 'moon.eclipsed' } as unknown as Parameters<typeof alertInWords>[0];
    expect(alertInWords(unheard)).toMatchObject({ word: 'moon.eclipsed', sentence: '' });
    expect(alertInWords(anAlert('outage.ended', {})).sentence).toBe('It is over.');
  });

  it('says how many verdicts a damaged journal has lost', () => {
    expect(alertInWords(anAlert('journal.lost', { instance: 'host:7', lost: 1412 }))).toMatchObject({
      tone: 'bad',
      sentence: 'A damaged journal of host:7 lost verdicts that were given: 1,412.',
    });
  });

  it('makes no figure up that did not come', () => {
    const said = (['verdict.amended', 'outage.started', 'ledger.backlog_cleared', 'conflict.recorded', 'scorer.blind', 'journal.poison', 'journal.lost'] as const).map((kind) =>
      alertInWords(anAlert(kind, {})),
    );
    for (const { sentence, address } of said) {
      expect(sentence).not.toMatch(/\d|undefined|null| {2}|: \./);
      expect(sentence).toMatch(/known|another/);
      expect(address).toBeNull();
    }
    const ended = { outage_id: 'abc', figures: { blind: 3 } };
    expect(alertInWords(anAlert('outage.ended', ended)).sentence).toBe('It is over: 3 verdicts without a score, not known how many flipped.');
  });

  it('says how many like it lie under it', () => {
    expect([0, 1, 1412].map((folded) => moreInWords({ folded }))).toEqual(['', '1 more before it.', '1,412 more before it.']);
  });

  it('mentions the message about it only where somebody waits for it in vain', () => {
    expect(deliveryInWords({ state: 'delivered', attempts: 1 })).toBeNull();
    expect(deliveryInWords({ state: 'unsent', attempts: 0 })).toBeNull();
    expect(deliveryInWords({ state: 'pending', attempts: 1 })).toBe('not delivered yet, 1 attempt');
    expect(deliveryInWords({ state: 'dead', attempts: 12 })).toBe('nobody could be told');
  });
});
