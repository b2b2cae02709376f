import { describe, expect, it } from 'vitest';
import { timeOfDay } from '@/lib/format';
import { aBlindRecord, aRecord, aReview, FLIP } from '@/testing/records';
import { isFlipped, story, toTimeline, verdictTone } from './timeline';
import { decisionSentence, decisionWord, wouldHave, type Decision } from './words';

const texts = (record: Parameters<typeof toTimeline>[0]) => toTimeline(record).map((one) => one.text);

describe('the timeline of a transaction', () => {
  it('tells what was decided, what a later score would have done, and what people made of it, in order', () => {
    const record = aBlindRecord({
      amendments: [FLIP],
      review: aReview({
        reason: 'flip',
        since: FLIP.at,
        state: 'decided',
        history: [
          { at: '2026-11-24T10:05:00.000Z', by: 'alice', via: null, action: 'claimed', decision: null, note: null },
          { at: '2026-11-24T10:06:00.000Z', by: 'alice', via: 'key cases', action: 'decided', decision: 'block', note: 'stolen' },
        ],
      }),
      label: {
        transaction_id: 'txn_1', is_fraud: true, source: 'review', by: 'alice', revision: 1,
        known_at: '2026-11-24T10:06:00.000Z', recorded_at: '2026-11-24T10:06:01.000Z',
      },
    });
    expect(texts(record)).toEqual([
      'Approved unscored: the circuit was open',
      'Scored 0.9700: would have been blocked',
      'Put into the review queue, because of the later score',
      'alice claimed it',
      'alice (by key cases) decided block: “stolen”',
      'Labelled fraud by review (alice)',
    ]);
  });

  it('puts a label that came before a later score before it', () => {
    const label = {
      transaction_id: 'txn_1', is_fraud: false, source: 'customer', by: null, revision: 3,
      known_at: '2026-11-24T10:00:05.000Z', recorded_at: '2026-11-24T10:00:05.000Z',
    };
    expect(texts(aBlindRecord({ amendments: [FLIP], label }))[1]).toBe('Labelled genuine by customer, revision 3');
  });

  it('says with which score a verdict was given, and when a list gave it', () => {
    expect(texts(aRecord())).toEqual(['Approved with score 0.0071']);
    const listed = aRecord({ decision: 'block', decision_source: 'list' });
    expect(texts(listed)).toEqual(['Blocked by a list with score 0.0071']);
    expect(texts(aBlindRecord({ decision: 'review' }))).toEqual(['Sent to review unscored: the circuit was open']);
  });
});

describe('the story of an amended verdict', () => {
  it('stands in one sentence', () => {
    const record = aBlindRecord({ amendments: [FLIP] });
    const [given, scored] = [timeOfDay(record.created_at), timeOfDay(FLIP.at)];
    expect(story(record)).toBe(`Approved unscored at ${given} · scored 0.9700 at ${scored}: would have been blocked`);
  });

  it('says so when nothing would have changed', () => {
    expect(story(aBlindRecord({ amendments: [{ ...FLIP, new: 'approve', score: 0.01 }] }))).toContain('scored 0.0100');
    expect(story(aBlindRecord({ amendments: [{ ...FLIP, new: 'approve' }] }))).toMatch(/: the same decision$/);
  });

  it('is none where nothing was amended', () => {
    expect(story(aRecord())).toBeNull();
  });

  it('goes by the newest score', () => {
    const calmer = { ...FLIP, at: '2026-11-24T10:01:00.000Z', new: 'approve', score: 0.02 } as const;
    expect(isFlipped(aBlindRecord({ amendments: [FLIP, calmer] }))).toBe(false);
    expect(isFlipped(aBlindRecord({ amendments: [calmer, FLIP] }))).toBe(true);
  });
});

describe('the colour of a verdict', () => {
  it('is its own where nobody looked, whatever was decided', () => {
    expect((['approve', 'review', 'block'] as const).map((decision) => verdictTone({ scored: false, decision }))).toEqual(['blind', 'blind', 'blind']);
    expect((['approve', 'review', 'block'] as const).map((decision) => verdictTone({ scored: true, decision }))).toEqual(['good', 'warn', 'bad']);
  });

  it('is unknown for a decision that a newer gateway brings, which is called by its name', () => {
    const decision = 'challenge' as unknown as Decision;
    expect(verdictTone({ scored: true, decision })).toBe('unknown');
    expect([decisionWord(decision), decisionSentence(decision), wouldHave(decision)]).toEqual([
      'Challenge', 'Decided challenge', 'would have been decided challenge',
    ]);
  });
});
