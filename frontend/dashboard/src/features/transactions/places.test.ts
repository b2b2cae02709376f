import { describe, expect, it } from 'vitest';
import { ApiProblem } from '@/lib/api/client';
import { timeOfDay } from '@/lib/format';
import { placesOf } from './places';
import { countWords, updateWords } from './status-words';

describe('what the gateway refuses', () => {
  const refused = (pointer: string) => new ApiProblem(422, 'INVALID_REQUEST', 'No', '', [{ pointer, detail: 'must be a number' }]);

  it('stands at its field', () => {
    expect(placesOf(refused('?amount_min')).fields).toEqual({ amount_min: 'The gateway says: must be a number' });
  });

  it('is told apart where it is the page', () => {
    expect(placesOf(refused('?cursor'))).toEqual({ fields: {}, cursor: 'must be a number' });
  });

  it('belongs to no field where the gateway is away, or names something else', () => {
    expect(placesOf(new ApiProblem(503, 'LEDGER_UNREADABLE', 'Away', ''))).toEqual({ fields: {}, cursor: null });
    expect(placesOf(refused('?limit'))).toEqual({ fields: {}, cursor: null });
  });
});

describe('the count', () => {
  it('says how many there are, where it is known', () => {
    expect([countWords(1, 1, false), countWords(14, 1, false), countWords(50, 1, true)]).toEqual([
      '1 transaction', '14 transactions', 'Newest 50, and older ones',
    ]);
    expect([countWords(50, 3, true), countWords(7, 4, false), countWords(50, undefined, true)]).toEqual([
      'Page 3: 50 transactions, and older ones', 'Page 4: 7 transactions', 'Later page: 50 transactions, and older ones',
    ]);
  });

  it('says whether the list moves', () => {
    const updatedAtMs = Date.parse('2026-11-24T10:19:59Z');
    const words = (changes: object) => updateWords({ cursor: null, isHeld: false, hasFailed: false, updatedAtMs, ...changes });
    expect(words({ cursor: 'x' })).toContain('stays as it is');
    expect(words({ isHeld: true })).toBe('New ones wait while you are in the list');
    expect(words({ hasFailed: true })).toBe(`As it was at ${timeOfDay(updatedAtMs)}`);
  });
});
