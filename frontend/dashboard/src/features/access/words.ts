import type { Key } from '@/lib/api/keys';
import type { Scope } from '@/lib/api/me';
import { dayAndTime } from '@/lib/format';
import type { Tone } from '@/lib/tone';

/** What the page says of keys. Pure. */

/** Every scope, what most programs need first. */
export const SCOPES: readonly (readonly [scope: Scope, words: string])[] = [
  ['score:write', 'posts payments, one or many'],
  ['records:read', 'reads payments, the review queue and labels: personal data'],
  ['labels:write', 'says what payments turned out to be'],
  ['reviews:write', 'decides reviews'],
  ['lists:read', 'reads lists'],
  ['lists:write', 'changes lists'],
  ['rules:read', 'reads rules'],
  ['rules:write', 'changes rules'],
  ['ops:read', 'reads health, circuit, ledger, outages, figures and models'],
  ['alerts:read', 'reads alerts'],
  ['alerts:retry', 'sends alerts again'],
  ['faults:write', 'switches faults'],
  ['metrics:read', 'reads /metrics'],
  ['admin', 'all of these, and keys and people'],
];

/** Whether a key is good, in a word. */
export function stateOf(key: Key, nowMs: number): { tone: Tone; word: string } {
  if (key.revoked_at !== null) return { tone: 'bad', word: 'Revoked' };
  if (key.expires_at !== null && nowMs > 0 && Date.parse(key.expires_at) <= nowMs) return { tone: 'bad', word: 'Expired' };
  return { tone: 'good', word: 'Good' };
}

/** "used 24 Nov, 10:00:00; until 1 Dec, 00:00:00". */
export function usedWords({ last_used_at: used, expires_at: until, revoked_at: revoked }: Key): string {
  const last = used === null ? 'never used' : `used ${dayAndTime(used)}`;
  if (revoked !== null) return `${last}; revoked ${dayAndTime(revoked)}`;
  return until === null ? `${last}; does not expire` : `${last}; until ${dayAndTime(until)}`;
}

/** The networks that somebody typed, apart by spaces, commas or lines. */
export function toNetworks(text: string): string[] {
  return text.split(/[\s,]+/).filter(Boolean);
}

/** The end of that day where the reader is, as the gateway takes it; null where none is typed. */
export function toExpiry(day: string): string | null {
  return day === '' ? null : new Date(`${day}T23:59:59`).toISOString();
}
