import { ApiProblem } from '@/lib/api/client';
import type { Problems } from './checks';
import { FIELDS, type Field } from './fields';

/** What the gateway said of each part of a search that it refused: "?amount_min" is the field of that name. */
export function placesOf(error: Error | null): { fields: Problems; cursor: string | null } {
  const fields: Problems = {};
  let cursor: string | null = null;
  if (!(error instanceof ApiProblem) || error.status !== 422) return { fields, cursor };
  for (const { pointer, detail } of error.places) {
    const name = pointer.replace(/^\?/, '');
    if (name === 'cursor') cursor = detail;
    else if ((FIELDS as readonly string[]).includes(name)) fields[name as Field] = `The gateway says: ${detail}`;
  }
  return { fields, cursor };
}
