/** A list as somebody looks at it: what was there when they came, in its place. */
export interface Kept<T> {
  /** Which list it is: a search and its page. */
  of: string;
  /** What was compared last, to see whether there is anything newer. */
  newest: readonly T[];
  items: readonly T[];
}

/** Pure: the same items in the same places, each as `newest` has it, or as it was last known. */
export function keep<T>(kept: Kept<T>, newest: readonly T[], idOf: (item: T) => string): Kept<T> {
  const now = new Map(newest.map((item) => [idOf(item), item]));
  return { ...kept, newest, items: kept.items.map((item) => now.get(idOf(item)) ?? item) };
}

/** Pure: the same items in the same places, in whatever array. */
export function areSame<T>(some: readonly T[], others: readonly T[]): boolean {
  return some.length === others.length && some.every((item, at) => item === others[at]);
}

/** Pure: how many of `newest` wait outside, and the ids of those inside that `newest` has no more. */
export function compare<T>(items: readonly T[], newest: readonly T[], idOf: (item: T) => string): { fresh: number; gone: ReadonlySet<string> } {
  const inside = new Set(items.map(idOf));
  const now = new Set(newest.map(idOf));
  return {
    fresh: newest.filter((item) => !inside.has(idOf(item))).length,
    gone: new Set([...inside].filter((id) => !now.has(id))),
  };
}
