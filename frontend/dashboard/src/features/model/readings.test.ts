import { describe, expect, it } from 'vitest';
import type { Drift, LabelledPair } from '@/lib/api/models';
import { correlationText, driftSentence, edgeTicks, labelWarning, offByPoints, readingOf, shadowSentence, shareOf, shortEdges, toShares } from './readings';

function aDrift(changes: Partial<Drift> = {}): Drift {
  return { name: 'risk_score', psi: 0.02, reading: 'stable', rows: 700, edges: [0.1], expected_shares: [0.5, 0.5, 0], counts: [350, 350, 0], ...changes };
}

describe('the drift in a sentence', () => {
  it('says how many payments there are while they are too few', () => {
    expect(driftSentence([aDrift({ psi: null, reading: null, rows: 324 })], true)).toMatch(/^Too little traffic: 324 payments scored since its brains started; from 500 on/);
    expect(driftSentence([aDrift({ psi: null, reading: null, rows: 0 })], false)).toMatch(/^Too little traffic: no payments scored/);
  });

  it('is no news where a model was taught on simulated payments', () => {
    const drift = [aDrift({ reading: 'shifted' }), aDrift({ name: 'amount', reading: 'shifting' })];

    expect(driftSentence(drift, false)).toBe(
      'Of 2 quantities of 700 payments scored lately 2 differ from what it was judged on. Expect that: it was taught on simulated payments, not on yours.',
    );
    expect(drift.map((one) => readingOf({ name: one.name, reading: one.reading ?? 'stable' }, false).tone)).toEqual([null, null]);
  });

  it('says whether the scores of a model of one’s own have moved, which is what matters', () => {
    const moved = aDrift({ name: 'amount', reading: 'shifted' });

    expect(driftSentence([aDrift(), moved], true)).toContain('1 differs from what it was judged on. Its scores have not moved');
    expect(driftSentence([aDrift({ reading: 'shifted' }), moved], true)).toContain('train it anew');
    expect(readingOf({ name: 'amount', reading: 'shifted' }, true)).toEqual({ word: 'Different', tone: 'warn' });
    expect(readingOf({ name: 'risk_score', reading: 'shifted' }, true)).toEqual({ word: 'Different', tone: 'bad' });
  });

  it('says that nothing has moved', () => {
    expect(driftSentence([aDrift()], true)).toBe('Of 1 quantity of 700 payments scored lately none differs from what it was judged on.');
  });

  it('does not take nothing to compare with for no drift', () => {
    expect(driftSentence([], true)).toBe('This model brought nothing along to be compared with.');
  });
});

describe('a histogram', () => {
  it('has shares that are numbers while nothing was scored', () => {
    expect(toShares({ counts: [0, 0], rows: 0 })).toEqual([0, 0]);
    expect(toShares({ counts: [1, 3], rows: 4 })).toEqual([0.25, 0.75]);
  });

  it('keeps neighbouring edges apart when it shortens them', () => {
    expect(shortEdges([0.00163507, 0.0016517, 14])).toEqual([0.001635, 0.001652, 14]);
  });

  it('names three edges, or as many as there are', () => {
    expect(edgeTicks([1, 2, 3, 4, 5, 6, 7])).toEqual([{ at: 1, text: '1' }, { at: 4, text: '4' }, { at: 7, text: '7' }]);
    expect(edgeTicks([5])).toEqual([{ at: 1, text: '5' }]);
    expect(edgeTicks([])).toEqual([]);
  });
});

describe('a shadow', () => {
  it('agrees, or differs so often', () => {
    expect(shadowSentence({ n: 4_871, disagreeing_share: 12 / 4_871 })).toBe(
      'Of 4,871 payments that both scored, 12 (0.2 %) would have been decided otherwise.',
    );
    expect(shadowSentence({ n: 5, disagreeing_share: 0 })).toBe('Of 5 payments that both scored, none would have been decided otherwise.');
  });

  it('has no correlation where one score never changes', () => {
    expect(correlationText(null)).toMatch(/^none/);
    expect(correlationText(0.93214)).toBe('0.9321');
  });
});

describe('shares of labels', () => {
  const pair = (frauds: number, flagged: number, caught = 0, n = 1_000): Pick<LabelledPair, 'n' | 'frauds' | 'judged'> => ({
    n,
    frauds,
    judged: { flagged, caught, precision: null, recall: null },
  });

  it('are none where there is nothing to divide by, which is not 0 %', () => {
    expect(shareOf(0, 0)).toBe('none');
    expect(shareOf(0, 12)).toBe('0.0 % (0 of 12)');
    expect(shareOf(10, 12)).toBe('83.3 % (10 of 12)');
  });

  it('may be off by what chance does to so few', () => {
    expect(offByPoints(4)).toBe(49);
    expect(offByPoints(96)).toBe(10);
  });

  it('come with a warning while there are few', () => {
    expect(labelWarning(pair(12, 40))).toBe('Few labels yet: with 12 frauds a share may be off by 28 points.');
    expect(labelWarning(pair(200, 1))).toBe('Few labels yet: with 1 flagged payment a share may be off by 98 points.');
    expect(labelWarning(pair(400, 300))).toBeNull();
  });

  it('say that no fraud is known', () => {
    expect(labelWarning(pair(0, 3, 0, 1))).toBe('None of 1 labelled payment was a fraud: of recall nothing is known yet.');
  });

  it('judge by the frauds where nothing was flagged', () => {
    expect(labelWarning(pair(25, 0))).toContain('with 25 frauds');
  });
});
