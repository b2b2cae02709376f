import { queryOptions } from '@tanstack/react-query';
import { PACE_MS } from '@/lib/polling';
import { isUnknownId } from '@/lib/problem';
import { get } from './client';

/** One outage, watched closely until its figures are final. An id that names none is asked for once. */
export function outageQuery(id: string) {
  return queryOptions({
    queryKey: ['outage', id],
    queryFn: ({ signal }) => get('/outages/{outage_id}', { path: { outage_id: id }, signal }),
    refetchInterval: ({ state }) => {
      if (isUnknownId(state.error)) return false;
      return state.data?.is_settled ? PACE_MS.seldom : PACE_MS.records;
    },
  });
}
