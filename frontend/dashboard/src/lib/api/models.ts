import { queryOptions } from '@tanstack/react-query';
import { PACE_MS } from '@/lib/polling';
import { get, type ReplyOf } from './client';

type Stats = ReplyOf<'/stats', 'get'>;

/** Which models there are, and how far their scores are acted on. */
export type Models = Stats['models'] & { budgets: Stats['budgets'] };
export type Budgets = Stats['budgets'];
export type ModelBudget = Budgets['models'][number];
export type ModelInService = Models['in_service'][number];
export type Drift = ModelInService['drift'][number];
export type ShadowPair = NonNullable<Models['comparison']>['pairs'][number];
export type ModelOutcomes = NonNullable<Models['labelled']>['outcomes'][number];
export type ScoreGroup = NonNullable<ModelOutcomes['calibration']>[number];
export type ModelRoles = ReplyOf<'/models', 'get'>;
export type Candidate = NonNullable<ModelRoles['candidate']>;
export type Backtest = NonNullable<Candidate['backtest']>;
export type RoleChange = ModelRoles['changes'][number];
export type LabelledPair = NonNullable<Models['labelled']>['pairs'][number];

/** What the gateway knows of its models. It asks the brains itself every 10 s, so nothing is gained by asking faster. */
export const modelsQuery = queryOptions({
  queryKey: ['models'],
  queryFn: async ({ signal }): Promise<Models> => {
    const { models, budgets } = await get('/stats', { signal });
    return { ...models, budgets };
  },
  refetchInterval: PACE_MS.seldom,
});

/** Which models were promoted, and what each brain makes of it. */
export const rolesQuery = queryOptions({
  queryKey: ['roles'],
  queryFn: ({ signal }): Promise<ModelRoles> => get('/models', { signal }),
  refetchInterval: PACE_MS.seldom,
});
