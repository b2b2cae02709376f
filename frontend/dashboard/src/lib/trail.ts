'use client';

/**
 * The way through pages of a list. The gateway knows only what comes after a page, so the way back is remembered: the
 * cursors of the pages that were read, for as long as the tab is open.
 */
export interface Trail {
  /** Of which list: another search is another way. */
  of: string;
  /** Of the pages behind the first one, in order. */
  cursors: readonly string[];
  /** False where the way began in the middle, by a link that somebody shared. */
  isWhole: boolean;
}

const NAME = 'sentinel.trail';
const PAGES_MAX = 1_000; // about 30 kB

/** The page that a cursor leads to: its number from 1, and what leads to the page before. `undefined`: nobody knows. */
export function whereabouts(
  trail: Trail | null,
  of: string,
  cursor: string | null,
): { number: number | undefined; previous: string | null | undefined } {
  if (cursor === null) return { number: 1, previous: undefined };
  const index = trail?.of === of ? trail.cursors.indexOf(cursor) : -1;
  if (!trail || index < 0) return { number: undefined, previous: undefined };
  if (index > 0) return { number: trail.isWhole ? index + 2 : undefined, previous: trail.cursors[index - 1] };
  return trail.isWhole ? { number: 2, previous: null } : { number: undefined, previous: undefined };
}

/** The way with one more page behind the one at `cursor`. */
export function onward(trail: Trail | null, of: string, cursor: string | null, next: string): Trail {
  if (cursor === null) return { of, cursors: [next], isWhole: true };
  const index = trail?.of === of ? trail.cursors.indexOf(cursor) : -1;
  if (!trail || index < 0) return { of, cursors: [cursor, next], isWhole: false };
  const cursors = [...trail.cursors.slice(0, index + 1), next];
  const isTooLong = cursors.length > PAGES_MAX;
  return { of, cursors: isTooLong ? cursors.slice(-PAGES_MAX) : cursors, isWhole: trail.isWhole && !isTooLong };
}

let remembered: Trail | null = null;

/** Kept over a reload where the browser allows it. */
export function rememberTrail(trail: Trail): void {
  remembered = trail;
  try {
    window.sessionStorage.setItem(NAME, JSON.stringify(trail));
  } catch {
    // private windows refuse: then it lasts until a reload
  }
}

export function readTrail(): Trail | null {
  if (remembered) return remembered;
  try {
    remembered = toTrail(JSON.parse(window.sessionStorage.getItem(NAME) ?? 'null'));
  } catch {
    remembered = null;
  }
  return remembered;
}

function toTrail(stored: unknown): Trail | null {
  if (typeof stored !== 'object' || stored === null) return null;
  const { of, cursors, isWhole } = stored as Partial<Record<keyof Trail, unknown>>;
  const isSound = typeof of === 'string' && Array.isArray(cursors) && cursors.every((one) => typeof one === 'string');
  return isSound ? { of, cursors, isWhole: isWhole === true } : null;
}
