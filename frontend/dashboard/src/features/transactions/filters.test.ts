import { describe, expect, it } from 'vitest';
import { check } from './checks';
import { applyDrafts, readFilters, toParams, toSearch } from './filters';

const read = (address: string) => readFilters(new URLSearchParams(address));

describe('filters in the address', () => {
  it('come back as they were written', () => {
    const filters = {
      text: 'txn_', decision: 'block', scored: 'false', flipped: 'true', review: 'open', user_id: 'a|b+c@d', merchant_id: 'm/1=2',
      amount_min: '10.50', amount_max: '1000000000000', created_from: '2026-11-24T10:00:00Z', created_to: '2026-11-24T11:00:00+01:00',
    };
    const wanted = read(toParams(filters).toString());
    expect(wanted).toEqual({ filters, cursor: null, problems: {}, unknown: [] });
  });

  it('are asked of the gateway under their own names, yes and no as true or false', () => {
    const { filters, cursor } = read('scored=false&flipped=true&decision=approve&cursor=abc&tx=txn_1');
    expect(toSearch(filters, cursor)).toEqual({ scored: false, flipped: true, decision: 'approve', cursor: 'abc' });
  });

  it('that are misspelt are named: left out, they would find everybody', () => {
    expect(read('decison=block&user_id=u').unknown).toEqual(['decison']);
  });

  it('that are empty do not count', () => {
    expect(read('user_id=&decision=').filters).toEqual({});
  });

  it('that stand there twice are a problem, not a guess', () => {
    expect(read('decision=block&decision=approve').problems.decision).toContain('more than once');
  });
});

describe('the checks', () => {
  it.each([
    ['decision', 'blok'], ['scored', 'yes'], ['flipped', 'maybe'], ['review', 'done'],
    ['amount_min', 'ten'], ['amount_min', '-1'], ['amount_min', '1,50'], ['amount_min', '1.23456'], ['amount_max', '1000000000001'],
    ['created_from', 'yesterday'], ['created_from', '2026-11-24T10:00'], ['created_to', '1999-12-31T00:00:00Z'],
    ['text', 'two words'], ['text', 'zero\u200bwidth'], ['user_id', 'x'.repeat(256)],
  ])('refuse %s=%s', (field, value) => {
    expect(Object.keys(check({ [field]: value }))).toEqual([field]);
  });

  it.each([
    ['amount_min', '0'], ['amount_max', '1000000000000.0000'], ['amount_min', '150.5'],
    ['created_from', '2026-11-24T10:00:00.123Z'], ['created_from', '2026-11-24T10:00-05:00'], ['text', 'x'.repeat(255)],
    ['text', '#1001'], ['text', 'gid://shop/Order/1'], ['user_id', "o'brien@example.com"], ['user_id', 'Ünal'],
  ])('take %s=%s', (field, value) => {
    expect(check({ [field]: value })).toEqual({});
  });

  it('compare amounts as decimals, not as texts and not as floats', () => {
    expect(check({ amount_min: '9', amount_max: '10' })).toEqual({});
    expect(check({ amount_min: '10', amount_max: '9' })).toHaveProperty('amount_max');
    expect(check({ amount_min: '999999999999.0001', amount_max: '999999999999.0000' })).toHaveProperty('amount_max');
  });

  it('compare times across zones', () => {
    expect(check({ created_from: '2026-11-24T10:00:00Z', created_to: '2026-11-24T10:30:00+01:00' })).toHaveProperty('created_to');
  });
});

describe('what is typed', () => {
  it('goes into the filters without spaces at its ends', () => {
    expect(applyDrafts({ decision: 'block' }, { user_id: ' u1 ' })).toEqual({ decision: 'block', user_id: 'u1' });
  });

  it('stays out while it has a problem, and the last good value stays in force', () => {
    expect(applyDrafts({ amount_min: '10' }, { amount_min: '10x', user_id: 'u1' })).toEqual({ amount_min: '10', user_id: 'u1' });
  });

  it('waits for the other end of its range', () => {
    expect(applyDrafts({ amount_max: '50' }, { amount_min: '100' })).toEqual({ amount_max: '50' });
    expect(applyDrafts({ amount_max: '50' }, { amount_min: '100', amount_max: '200' })).toEqual({ amount_min: '100', amount_max: '200' });
  });
});
