import { queryOptions } from '@tanstack/react-query';
import { get } from './client';

const KNOWN_FOR_MS = 60_000; // they change with a new model only

/** From "name version" of each model that answers now to its thresholds: the lowest risk score of each level. */
export const thresholdsQuery = queryOptions({
  queryKey: ['thresholds'],
  queryFn: async ({ signal }) => {
    const { models } = await get('/stats', { signal });
    return Object.fromEntries(models.in_service.map((model) => [`${model.name} ${model.version}`, model.thresholds]));
  },
  staleTime: KNOWN_FOR_MS,
});
