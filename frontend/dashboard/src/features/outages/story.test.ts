import { describe, expect, it } from 'vitest';
import { dayAndTime, timeOfDay } from '@/lib/format';
import { anOutage, FIGURES } from '@/testing/outages';
import { lengthS, story, type Figures } from './story';

const NOW_MS = Date.parse('2026-11-24T10:02:04.000Z');
const tell = (figures: Partial<Figures>, outage = {}) => story(anOutage({ figures: { ...FIGURES, ...figures }, ...outage }), NOW_MS);

describe('what happened', () => {
  it('is told from beginning to end', () => {
    const { from, to } = anOutage();

    expect(tell({})).toEqual([
      `From ${timeOfDay(from)} to ${timeOfDay(String(to))} (30 s) the scorer could not be reached, or failed.`,
      '412 verdicts were given without a score; 398 approved, worth 12,345.67 USD.',
      'All were scored afterwards: 12 would have been decided otherwise, worth 900.00 USD.',
      'These figures are final.',
    ]);
  });

  it('names the days where it went over midnight', () => {
    const [when] = tell({}, { to: '2026-11-26T10:00:01.000Z' });

    expect(when).toContain(`From ${dayAndTime('2026-11-24T10:00:01Z')} to ${dayAndTime('2026-11-26T10:00:01Z')} (2 d)`);
  });

  it('is in the present while it lasts, and says that scoring waits', () => {
    const said = tell({ rescored: 0, flipped: 0, open: 412 }, { to: null, is_open: true, is_settled: false });

    expect(said[0]).toBe(`Since ${dayAndTime('2026-11-24T10:00:01Z')} (2 min 3 s so far) the scorer cannot be reached, or fails.`);
    expect(said.slice(2)).toEqual([
      '412 verdicts are still to be scored; that begins when it is over.',
      'These figures still change.',
    ]);
  });

  it('says how far scoring is', () => {
    const said = tell({ rescored: 300, open: 112 }, { is_settled: false });

    expect(said).toContain('300 of 412 have been scored since: 12 would have been decided otherwise, worth 900.00 USD.');
    expect(said).toContain('112 verdicts are still to be scored.');
  });

  it('does not take a figure that could not be counted for zero', () => {
    const said = story(anOutage({ figures: null }), NOW_MS);

    expect(said[1]).toMatch(/could not be counted/);
    expect(said.join(' ')).not.toMatch(/final|approved|No verdict/);
  });

  it('says that nothing was blind', () => {
    expect(tell({ blind: 0, approved: 0, rescored: 0, flipped: 0 }).slice(1)).toEqual(['No verdict had to be given without a score, or without history.']);
  });

  it('speaks of one verdict in the singular', () => {
    expect(tell({ blind: 1, approved: 1, rescored: 1, flipped: 1 }).slice(1, 3)).toEqual([
      '1 verdict was given without a score; it was approved, worth 12,345.67 USD.',
      'It was scored afterwards: it would have been decided otherwise, worth 900.00 USD.',
    ]);
    expect(tell({ blind: 1, approved: 0, rescored: 1, flipped: 0 }).slice(1, 3)).toEqual([
      '1 verdict was given without a score; it was not approved.',
      'It was scored afterwards: it would not have been decided otherwise.',
    ]);
    expect(tell({ rescored: 411, open: 1 })).toContain('1 verdict is still to be scored.');
  });

  it('says when all of them or none of them was approved', () => {
    expect(tell({ approved: 412 })[1]).toContain('all of them approved');
    expect(tell({ approved: 0 })[1]).toBe('412 verdicts were given without a score; none was approved.');
  });

  it('says when no decision would have been another one', () => {
    expect(tell({ flipped: 0, amount_flipped: '0.00' })).toContain('All were scored afterwards: none would have been decided otherwise.');
  });

  it('gives no worth to flips that have none on record', () => {
    expect(tell({ flipped: 2, amount_flipped: '0.00' })[2]).toBe('All were scored afterwards: 2 would have been decided otherwise.');
  });

  it('tells apart verdicts without a score and those with a suspect score', () => {
    const said = tell({ blind: 0, approved: 0, suspect: 44, rescored: 44 }, { cause: 'CANARY' });

    expect(said[0]).toContain('every scorer that answered gave test payments wrong scores');
    expect(said[1]).toBe('44 verdicts had a suspect score, of an unhealthy brain.');
    expect(said[2]).toMatch(/^All were scored afterwards/);
  });

  it('tells of verdicts whose score was made without history', () => {
    const said = tell({ blind: 0, approved: 0, degraded: 438, rescored: 438, flipped: 76 }, { cause: 'LEDGER_UNAVAILABLE' });

    expect(said[0]).toContain('MongoDB did not answer, so the scorer could not read the history of payments.');
    expect(said[1]).toBe('438 verdicts were scored without history.');
    expect(said[2]).toBe('All were scored afterwards: 76 would have been decided otherwise, worth 900.00 USD.');
  });

  it('does not call all scored while one with an earlier score waits for another', () => {
    expect(tell({ rescored: 412, open: 3 }).join(' ')).not.toContain('All were scored');
  });

  it('says what was given up, and what has no rate', () => {
    const said = tell({ rescored: 410, unscorable: 2, unpriced: 1 });

    expect(said).toContain('2 verdicts were given up: no score can be had.');
    expect(said).toContain('1 approval in currencies without a rate is not in that amount.');
  });
});

describe('the length of an outage', () => {
  it('goes on while it lasts', () => {
    expect(lengthS(anOutage({ to: null }), NOW_MS)).toBe(123);
  });

  it('is not negative where the clock of the reader is behind', () => {
    expect(lengthS(anOutage({ to: null }), 0)).toBe(0);
  });
});
