import type { Connection } from './connection';

/** What every part of the page has to know of the way to the gateway. */
export interface PageState {
  connection: Connection;
  isOld: boolean;
  /** When an answer last came before the connection became what it is; milliseconds since the epoch, 0 for never. */
  sinceMs: number;
}

/** What a part shows: its figures, perhaps old ones, perhaps with why there are no newer ones; or words instead. */
export type PartState<T> =
  | { kind: 'shown'; data: T; isOld: boolean; error: Error | null }
  | { kind: 'failed'; error: Error }
  | { kind: 'unknown' }
  | { kind: 'loading' };

const TOLD_AFTER_MS = 5_000; // until then the page's banner may be about to tell it

/**
 * Pure. A part that fails alone says so itself; where the whole gateway is away, the banner does. `query` is what
 * TanStack knows of one; times in milliseconds since the epoch.
 */
export function toPart<T>(
  query: { data: T | undefined; error: Error | null; dataUpdatedAt: number; errorUpdatedAt: number },
  page: PageState,
): PartState<T> {
  const { data, error } = query;
  const isGatewayAway = page.connection === 'unreachable' || page.connection === 'connecting';
  if (data === undefined) {
    if (error === null) return { kind: page.connection === 'unreachable' ? 'unknown' : 'loading' };
    return isGatewayAway ? { kind: 'unknown' } : { kind: 'failed', error };
  }
  const isTold = error !== null && !isGatewayAway && (error.name !== 'Unreachable' || isLonelySilence(query, page));
  return { kind: 'shown', data, isOld: page.isOld || isTold, error: isTold ? error : null };
}

/** Nobody answers for this part, while others are answered: not a moment of an outage that is just noticed, or just over. */
function isLonelySilence(query: { dataUpdatedAt: number; errorUpdatedAt: number }, page: PageState): boolean {
  return query.errorUpdatedAt - Math.max(query.dataUpdatedAt, page.sinceMs) > TOLD_AFTER_MS;
}
