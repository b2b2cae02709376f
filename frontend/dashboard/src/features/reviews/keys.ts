/** What one key asks for in the queue. `at` is the place of an item in the list. */
export type Act =
  | { is: 'move'; to: number }
  | { is: 'claim' | 'release' | 'approve' | 'block'; at: number }
  | { is: 'undo' }
  | { is: 'none' } // a step, and nothing to take it on
  | { is: 'help' };

export interface Press {
  key: string;
  hasModifier: boolean; // Ctrl, Alt or Meta: the browser's and the screen reader's keys
  isTyping: boolean; // in a field, where letters are letters
}

/** For people; Enter is the browser's own: the item's link has the focus. */
export const KEYS = [
  ['j', 'next'],
  ['k', 'previous'],
  ['Enter', 'open'],
  ['c', 'claim'],
  ['r', 'release'],
  ['a', 'approve'],
  ['b', 'block'],
  ['u', 'undo the last decision, for ten seconds'],
  ['?', 'show the keys'],
] as const;

const STEPS = { c: 'claim', r: 'release', a: 'approve', b: 'block' } as const;

/** Pure: what a key means among `count` items with the focus at place `at`, or at none of them (null). */
export function toAct({ key, hasModifier, isTyping }: Press, { at, count }: { at: number | null; count: number }): Act | null {
  if (hasModifier || isTyping) return null;
  if (key === '?') return { is: 'help' };
  const letter = key.toLowerCase(); // as typed with caps lock on
  if (letter === 'u') return { is: 'undo' };
  if (letter === 'j' || letter === 'k') return count === 0 ? null : { is: 'move', to: moved(letter, at, count) };
  if (!(letter in STEPS)) return null;
  if (at === null) return { is: 'none' };
  return { is: STEPS[letter as keyof typeof STEPS], at };
}

function moved(letter: 'j' | 'k', at: number | null, count: number): number {
  if (at === null) return 0;
  return letter === 'j' ? Math.min(at + 1, count - 1) : Math.max(at - 1, 0);
}
