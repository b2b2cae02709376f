import { describe, expect, it } from 'vitest';
import { aPerson } from '@/testing/me';
import { refusalOf } from './words';

describe('why somebody may not do something', () => {
  it('names the role that is needed, and those that one has', () => {
    const me = aPerson({ roles: ['viewer', 'rules'], scopes: ['records:read', 'lists:write'] });
    expect(refusalOf(me, 'reviews:write', 'Deciding reviews')).toBe(
      'Deciding reviews needs the role analyst or admin; you are signed in as viewer, rules. An admin can change that.',
    );
    expect(refusalOf(me, 'admin', 'This page')).toContain('needs the role admin; you');
    expect(refusalOf(me, 'lists:write', 'Changing lists')).toBeNull();
  });

  it('names the scope that a key does not have', () => {
    const key = aPerson({ kind: 'key', name: 'key checkout', roles: [], scopes: ['ops:read'] });
    expect(refusalOf(key, 'faults:write', 'Switching faults')).toBe('Switching faults needs the scope faults:write, and key checkout does not have it.');
  });

  it('says nothing while nobody is known: the gateway does', () => {
    expect(refusalOf(undefined, 'admin', 'This page')).toBeNull();
    expect(refusalOf(null, 'admin', 'This page')).toBeNull();
  });
});
