import type { Me, Scope } from '@/lib/api/me';

export const SCOPES: readonly Scope[] = [
  'score:write', 'records:read', 'labels:write', 'reviews:write', 'lists:read', 'lists:write', 'rules:read', 'rules:write',
  'ops:read', 'alerts:read', 'alerts:retry', 'faults:write', 'metrics:read', 'admin',
];
const READS: readonly Scope[] = ['records:read', 'ops:read', 'lists:read', 'rules:read', 'alerts:read'];

/** Somebody who signed in: an admin, unless something else is said. */
export function aPerson(different: Partial<Me> = {}): Me {
  return {
    kind: 'person',
    name: 'alice',
    email: 'alice@example.com',
    roles: ['admin'],
    scopes: [...SCOPES],
    auth: 'required',
    expires_at: '2099-01-01T00:00:00.000Z',
    ...different,
  };
}

/** Who may look and no more. */
export const A_VIEWER = aPerson({ name: 'vera', email: 'vera@example.com', roles: ['viewer'], scopes: [...READS] });
