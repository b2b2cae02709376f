import { count, timeOfDay } from '@/lib/format';

/** "Newest 50, and older ones", "14 transactions", "Page 3: 50 transactions, and older ones". The gateway counts no totals. */
export function countWords(shown: number, page: number | undefined, hasMore: boolean): string {
  const noun = shown === 1 ? 'transaction' : 'transactions';
  const more = hasMore ? ', and older ones' : '';
  if (page === 1) return hasMore ? `Newest ${count(shown)}${more}` : `${count(shown)} ${noun}`;
  return `${page === undefined ? 'Later page' : `Page ${page}`}: ${count(shown)} ${noun}${more}`;
}

/** Whether the list changes while it is read. `updatedAtMs`: when it was last renewed, milliseconds since the epoch. */
export function updateWords({
  cursor,
  isHeld,
  hasFailed,
  updatedAtMs,
}: {
  cursor: string | null;
  isHeld: boolean;
  hasFailed: boolean;
  updatedAtMs: number;
}): string {
  if (hasFailed) return `As it was at ${timeOfDay(updatedAtMs)}`;
  if (cursor !== null) return 'This page stays as it is. The newest one is live.';
  return isHeld ? 'New ones wait while you are in the list' : 'New ones appear by themselves';
}
