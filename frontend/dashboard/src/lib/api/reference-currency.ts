import { queryOptions } from '@tanstack/react-query';
import { get } from './client';

/** In which currency the gateway compares amounts, such as "USD". Fixed while a gateway runs: asked for once. */
export const referenceCurrencyQuery = queryOptions({
  queryKey: ['reference currency'],
  queryFn: async ({ signal }) => String((await get('/exposure', { signal })).reference_currency),
  staleTime: Infinity,
});
