import type { Connection } from '@/lib/connection';

/** What every part of the page has to know of the way to the gateway. */
export interface PageState {
  connection: Connection;
  isOld: boolean;
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
  const isSilence = error?.name === 'Unreachable';
  const isTold = error !== null && !isGatewayAway && (!isSilence || query.errorUpdatedAt - query.dataUpdatedAt > TOLD_AFTER_MS);
  return { kind: 'shown', data, isOld: page.isOld || isTold, error: isTold ? error : null };
}
