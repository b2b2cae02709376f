import { queryOptions } from '@tanstack/react-query';
import { PACE_MS } from '@/lib/pace';
import { ApiProblem, get, type ReplyOf } from './client';

export type Me = ReplyOf<'/me', 'get'>;
export type Scope = Me['scopes'][number];
export type Role = Me['roles'][number];

/** Who uses this page. Nobody is an answer as well: `me` is then null, and `auth` what the gateway asks for, if it says so. */
export interface Who {
  me: Me | null;
  auth: string | null;
}

export const ME_KEY = ['me'];
const TIMEOUT_MS = 2_000;

/** Asked seldom while somebody is known; while nobody is, it is the page's pulse: a sign-in in another tab counts here too. */
export const meQuery = queryOptions({
  queryKey: ME_KEY,
  queryFn: async ({ signal }): Promise<Who> => {
    try {
      const me = await get('/me', { signal, timeoutMs: TIMEOUT_MS });
      return { me, auth: me.auth };
    } catch (error) {
      if (!isNobody(error)) throw error;
      const { auth } = error.members;
      return { me: null, auth: typeof auth === 'string' ? auth : null };
    }
  },
  refetchInterval: ({ state }) => (state.data?.me === null ? PACE_MS.circuit : PACE_MS.fixed),
});

/** The gateway does not know who asks: nobody signed in, or the session is over. */
export function isNobody(error: unknown): error is ApiProblem {
  return error instanceof ApiProblem && error.status === 401 && error.code.startsWith('KEY_');
}
