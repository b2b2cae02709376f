import type { TransactionSearch } from '@/lib/api/transactions';
import { check, type Problems } from './checks';
import { FIELDS, type Field, type Filters } from './fields';

/** Parts of the address that are no filters. */
const OTHERS = ['cursor', 'tx'];

export interface Wanted {
  filters: Filters;
  cursor: string | null;
  problems: Problems;
  /** Names in the address that mean nothing here. A misspelt filter would find everybody's records. */
  unknown: readonly string[];
}

/** What an address asks for. Anything may stand there: whoever sends a link can write it by hand. */
export function readFilters(params: URLSearchParams): Wanted {
  const filters: Partial<Record<Field, string>> = {};
  const problems: Problems = {};
  for (const field of FIELDS) {
    const values = params.getAll(field).filter((value) => value !== '');
    if (values[0] !== undefined) filters[field] = values[0];
    if (values.length > 1) problems[field] = 'It stands in the address more than once. Choose one.';
  }
  const known = new Set<string>([...FIELDS, ...OTHERS]);
  return {
    filters,
    cursor: params.get('cursor'),
    problems: { ...check(filters), ...problems },
    unknown: [...new Set(params.keys())].filter((name) => !known.has(name)),
  };
}

/** The address of these filters, in one order, from the first page on. */
export function toParams(filters: Filters): URLSearchParams {
  const params = new URLSearchParams();
  for (const field of FIELDS) {
    const value = filters[field];
    if (value) params.set(field, value);
  }
  return params;
}

/** What to ask the gateway. Only for filters without problems. */
export function toSearch(filters: Filters, cursor: string | null): TransactionSearch {
  const { scored, flipped, ...rest } = filters;
  return {
    ...(rest as TransactionSearch),
    ...(scored !== undefined && { scored: scored === 'true' }),
    ...(flipped !== undefined && { flipped: flipped === 'true' }),
    ...(cursor !== null && { cursor }),
  };
}

/** Both ends of a range: one is judged by the other. */
const PARTNERS: Partial<Record<Field, Field>> = {
  amount_min: 'amount_max',
  amount_max: 'amount_min',
  created_from: 'created_to',
  created_to: 'created_from',
};

/**
 * Puts what was typed into the filters, without spaces at its ends. What has a problem stays out, with the other end of its
 * range, and the field's last good value in force.
 */
export function applyDrafts(filters: Filters, drafts: Filters): Filters {
  const trimmed = trimDrafts(drafts);
  const problems = check({ ...filters, ...trimmed });
  const isGood = (field: Field) => !(field in problems) && !((PARTNERS[field] ?? field) in problems);
  return { ...filters, ...Object.fromEntries(Object.entries(trimmed).filter(([field]) => isGood(field as Field))) };
}

export function trimDrafts(drafts: Filters): Filters {
  return Object.fromEntries(Object.entries(drafts).map(([field, value]) => [field, value.trim()]));
}
