import { count, timeOfDay } from '@/lib/format';

/** "Newest 50, and older ones", "14 transactions", "Page 3: 50 transactions, and older ones". The gateway counts no totals. */
export function countWords(shown: number, page: number | undefined, hasMore: boolean): string {
  const noun = shown === 1 ? 'transaction' : 'transactions';
  const more = hasMore ? ', and older ones' : '';
  if (page === 1) return hasMore ? `Newest ${count(shown)}${more}` : `${count(shown)} ${noun}`;
  return `${page === undefined ? 'Later page' : `Page ${page}`}: ${count(shown)} ${noun}${more}`;
}

/** Whether the list changes while it is read. `failedSinceMs`: when it was last renewed, where that fails now. */
export function updateWords({
  cursor,
  isHeld,
  failedSinceMs = null,
}: {
  cursor: string | null;
  isHeld: boolean;
  failedSinceMs?: number | null;
}): string {
  if (failedSinceMs !== null) return `As it was at ${timeOfDay(failedSinceMs)}`;
  if (cursor !== null) return 'This page stays as it is. The newest one is live.';
  return isHeld ? 'Waits while you are in the list' : 'New ones appear by themselves';
}
