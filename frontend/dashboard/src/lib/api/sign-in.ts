import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { PACE_MS } from '@/lib/pace';
import { get, post } from './client';
import { ME_KEY, type Me, type Who } from './me';

const TIMEOUT_MS = 15_000; // a password is slow to check on purpose, and a few may wait for their turn

/** How people can sign in here. */
export const signInOptionsQuery = queryOptions({
  queryKey: ['sign-in options'],
  queryFn: ({ signal }) => get('/sign-in/options', { signal }),
  refetchInterval: PACE_MS.fixed,
});

/** Begins a session, in a cookie that no page can read. All that was refused meanwhile is asked for. */
export function useSignIn() {
  const welcome = useWelcome();
  return useMutation({
    mutationFn: (said: { email: string; password: string }) => post('/sign-in', said, { timeoutMs: TIMEOUT_MS }),
    onSuccess: welcome,
  });
}

/** Joins by the link of an invitation, and begins a session. */
export function useJoin() {
  const welcome = useWelcome();
  return useMutation({
    mutationFn: (said: { token: string; name: string; password: string }) => post('/join', said, { timeoutMs: TIMEOUT_MS }),
    onSuccess: welcome,
  });
}

/** Changes the password. All other sessions end. */
export function usePasswordChange() {
  const welcome = useWelcome();
  return useMutation({
    mutationFn: (said: { current_password: string; password: string }) => post('/me/password', said, { timeoutMs: TIMEOUT_MS }),
    onSuccess: welcome,
  });
}

/** What is known of somebody else goes; what stays is asked for anew. */
function useWelcome() {
  const client = useQueryClient();
  return (me: Me) => {
    const before = client.getQueryData<Who>(ME_KEY)?.me;
    client.setQueryData<Who>(ME_KEY, { me, auth: me.auth });
    if (before && (before.email !== me.email || before.name !== me.name)) client.removeQueries({ type: 'inactive' });
    void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== ME_KEY[0] });
  };
}
