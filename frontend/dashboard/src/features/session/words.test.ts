import { describe, expect, it } from 'vitest';
import { ApiProblem, Unreachable } from '@/lib/api/client';
import { joinFailure, providerFailure, signInFailure, strengthOf } from './words';

const refusal = (status: number, code: string, retryAfterS: number | null = null) => new ApiProblem(status, code, 'Title', 'Detail.', [], {}, retryAfterS);

describe('why nobody is signed in', () => {
  it('does not tell an unknown person from a wrong password', () => {
    expect(signInFailure(refusal(401, 'SIGN_IN_FAILED'))).toBe('Email or password is wrong, or this person may not sign in here.');
  });

  it('says how long to wait', () => {
    expect(signInFailure(refusal(429, 'SIGN_IN_SLOWED', 90))).toContain('Try again in 1 min 30 s.');
  });

  it('says that it is the ledger, and that it is the gateway', () => {
    expect(signInFailure(refusal(503, 'LEDGER_UNREADABLE'))).toContain('MongoDB does not answer, so nobody can sign in now.');
    expect(joinFailure(refusal(503, 'ACCESS_UNCONFIRMED'))).toContain('The link stays good');
    expect(signInFailure(new Unreachable('No answer within 15 s.'))).toBe('No answer within 15 s. Nobody is signed in.');
  });

  it('says what became of a link, and of a provider', () => {
    expect(joinFailure(refusal(404, 'INVITATION_INVALID'))).toContain('Ask an admin for a new one.');
    expect(providerFailure('oidc_no_role')).toContain('you have no role here');
    expect(providerFailure('<script>')).toBe('The sign-in with the provider failed. Begin again.');
  });
});

describe('how good a password is', () => {
  it('counts characters of any script, as the gateway does', () => {
    expect(strengthOf('short')).toEqual({ isGood: false, words: 'Too short: 5 of 12 characters at least.' });
    expect(strengthOf('пароль-длинный').isGood).toBe(true);
    expect(strengthOf('🔑'.repeat(3) + 'abcdefghi').isGood).toBe(true);
    expect(strengthOf('ä'.repeat(600) + 'abcdefgh').words).toContain('Too long');
  });

  it('is no name, and not one character again and again', () => {
    expect(strengthOf('Ada@Example.com', ['ada@example.com']).words).toContain('Not your name');
    expect(strengthOf('aaaaaaaaaaaaab').words).toContain('Easy to guess');
  });

  it('says that longer is better, until it is strong', () => {
    expect(strengthOf('correct-horse').words).toContain('Longer is better');
    expect(strengthOf('correct-horse-battery-staple').words).toBe('Strong.');
  });
});
