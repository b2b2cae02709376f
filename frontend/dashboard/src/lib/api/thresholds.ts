import { queryOptions } from '@tanstack/react-query';
import { get } from './client';

const KNOWN_FOR_MS = 60_000; // they change with a new model only

export interface Limits {
  /** The lowest risk score of each level. */
  thresholds: Record<string, number>;
  /** Null: it has scored nothing yet. */
  mayBlock: boolean | null;
}

/** From "name version" of each model that answers now to its limits. */
export const thresholdsQuery = queryOptions({
  queryKey: ['thresholds'],
  queryFn: async ({ signal }) => {
    const { models, budgets } = await get('/stats', { signal });
    const limits = models.in_service.map(({ name, version, thresholds }): [string, Limits] => {
      const budget = budgets.models.find((model) => model.name === name && model.version === version);
      return [`${name} ${version}`, { thresholds, mayBlock: budget?.may_block ?? null }];
    });
    return Object.fromEntries(limits);
  },
  staleTime: KNOWN_FOR_MS,
});
