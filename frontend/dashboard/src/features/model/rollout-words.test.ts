import { describe, expect, it } from 'vitest';
import { someRoles } from '@/testing/answers';
import { changedModel, figureText, liveSentence, rightsSentence, shownFigures, testedName } from './rollout-words';

const KEPT = { id: 'a'.repeat(64), name: 'own', version: '2', trained_on: '', by: 'Ann', created_at: '', role: null };

describe('which models serve', () => {
  it('is the one of the image until one was promoted', () => {
    expect(liveSentence(someRoles())).toMatch(/^None was promoted/);
    expect(liveSentence(someRoles({ live: KEPT.id, shadow: 'b'.repeat(64), models: [KEPT] }))).toBe(
      'own 2 was promoted and decides. model bbbbbbbbbbbb runs in its shadow.',
    );
  });

  it('names the model that a change was about', () => {
    expect(changedModel({ models: [KEPT] }, { action: 'shadow', live: null, shadow: KEPT.id })).toBe('own 2');
    expect(changedModel({ models: [KEPT] }, { action: 'rollback', live: null, shadow: KEPT.id })).toBe('the model that brains ship with');
  });
});

describe('what a candidate may do', () => {
  it('follows from the frauds that it learned from', () => {
    expect(rightsSentence({ own_labels: false, may_block: false, ripe_frauds: 95 })).toBe(
      'It learned from 95 frauds of yours with a known label. It only ranks: to send to people by its own threshold takes 150 such frauds, to block 400.',
    );
    expect(rightsSentence({ own_labels: true, may_block: false, ripe_frauds: 200 })).toContain('blocks nobody: that takes 400');
    expect(rightsSentence({ own_labels: true, may_block: true, ripe_frauds: null })).toBe('It may block, as far as the decline cap goes.');
  });
});

describe('a test on past payments', () => {
  it('shows false declines first, and no figure that nobody has', () => {
    const models = { candidate: { ap: 0.8, genuine_declined: 0.0009, money: null }, present: { ap: 0.4 } };

    expect(shownFigures({ models })).toEqual(['genuine_declined', 'ap']);
  });

  it('names models and figures, and an unknown one is not 0', () => {
    expect(['candidate', 'present', 'amount alone'].map(testedName)).toEqual(['This model', 'The one before', 'amount alone']);
    expect(figureText('genuine_declined', 0.0009)).toBe('0.09 %');
    expect(figureText('ap', 0.81)).toBe('0.810');
    expect(figureText('money', 1203.6)).toBe('1,204');
    expect(figureText('ap', undefined)).toBe('none');
  });
});
