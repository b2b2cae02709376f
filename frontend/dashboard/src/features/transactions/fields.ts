/** What the list can be narrowed by, under the names that GET /transactions gives them: the address says the same. */
export const FIELDS = [
  'text', 'decision', 'scored', 'flipped', 'review', 'user_id', 'merchant_id', 'amount_min', 'amount_max', 'created_from', 'created_to',
] as const;
export type Field = (typeof FIELDS)[number];

/** As text, as it stands in the address. A field that is not there is not filtered by. */
export type Filters = Readonly<Partial<Record<Field, string>>>;
