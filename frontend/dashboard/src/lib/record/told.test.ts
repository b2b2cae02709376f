import { describe, expect, it } from 'vitest';
import { toldFacts } from './told';

describe('what a request tells', () => {
  it('is nothing where it has four fields', () => {
    expect(toldFacts({ transaction_id: 't', amount: '1', currency: 'USD', user_id: 'u' })).toEqual([]);
  });

  it('is a line for each thing, and leaves out what is not there', () => {
    const told = toldFacts({
      card: { token: 'tok_1', bin: '411111', last4: '1111', country: 'GB', funding: 'debit' },
      device: { ip: '203.0.113.7' },
      customer: { email_hash: 'ab', email_domain: 'example.com' },
      merchant: { mcc: '5812' },
      billing: { country: 'FR', postal_code: '75001' },
      shipping: {},
      channel: 'web',
      location: null,
    });

    expect(told).toEqual([
      ['Card', 'debit, 411111…1111, tok_1'],
      ['Device', '203.0.113.7'],
      ['Buyer', 'mail at example.com'],
      ['Countries', 'card GB, bill to FR'],
      ['Category', '5812'],
      ['Paid by', 'web'],
    ]);
  });
});
