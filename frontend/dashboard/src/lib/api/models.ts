import { queryOptions } from '@tanstack/react-query';
import { PACE_MS } from '@/lib/polling';
import { get, type ReplyOf } from './client';

export type Models = ReplyOf<'/stats', 'get'>['models'];
export type ModelInService = Models['in_service'][number];
export type Drift = ModelInService['drift'][number];
export type ShadowPair = NonNullable<Models['comparison']>['pairs'][number];
export type LabelledPair = NonNullable<Models['labelled']>['pairs'][number];

/** What the gateway knows of its models. It asks the brains itself every 10 s, so nothing is gained by asking faster. */
export const modelsQuery = queryOptions({
  queryKey: ['models'],
  queryFn: async ({ signal }) => (await get('/stats', { signal })).models,
  refetchInterval: PACE_MS.seldom,
});
