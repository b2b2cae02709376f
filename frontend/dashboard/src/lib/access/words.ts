import type { Me, Role, Scope } from '@/lib/api/me';

/** What the roles of people are, in words. Pure. */

/** The roles, the smallest first, with what each may do. */
export const ROLES: readonly (readonly [role: Role, may: string])[] = [
  ['viewer', 'sees everything, changes nothing'],
  ['analyst', 'decides reviews and sets labels'],
  ['rules', 'changes lists and rules'],
  ['operator', 'switches faults and retries alerts'],
  ['admin', 'does everything, keys and people too'],
];

/** Which role beside admin has a scope; for others every role has it. */
const ROLE_OF: Partial<Record<Scope, Role>> = {
  'labels:write': 'analyst',
  'reviews:write': 'analyst',
  'lists:write': 'rules',
  'rules:write': 'rules',
  'alerts:retry': 'operator',
  'faults:write': 'operator',
  'metrics:read': 'operator',
  admin: 'admin',
};

/**
 * Why somebody may not do something, in a sentence or two; null where they may. `me`: undefined or null while nobody is
 * known, and then the gateway itself says no. `doing` begins the sentence, such as "Deciding reviews".
 */
export function refusalOf(me: Me | null | undefined, scope: Scope, doing: string): string | null {
  if (!me || me.scopes.includes(scope)) return null;
  if (me.kind !== 'person') return `${doing} needs the scope ${scope}, and ${me.name} does not have it.`;
  const role = ROLE_OF[scope];
  const needed = role === undefined ? 'a role' : role === 'admin' ? 'the role admin' : `the role ${role} or admin`;
  return `${doing} needs ${needed}; you are signed in as ${me.roles.join(', ') || 'somebody without a role'}. An admin can change that.`;
}
