import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { PACE_MS } from '@/lib/pace';
import { get, post, remove, type ReplyOf } from './client';
import type { Scope } from './me';

export type Key = ReplyOf<'/keys', 'get'>['keys'][number];
export type NewKey = ReplyOf<'/keys', 'post'>;
export interface WantedKey {
  client: string;
  scopes: Scope[];
  networks: string[];
  expires_at: string | null;
}

const KEYS_KEY = ['keys'];

/** The keys that all gateways share, revoked ones for 90 days too. Their secrets are known to nobody. */
export const keysQuery = queryOptions({
  queryKey: KEYS_KEY,
  queryFn: ({ signal }) => get('/keys', { signal }),
  refetchInterval: PACE_MS.seldom,
});

/** Makes a key; the answer is the only one that holds it whole, so nothing keeps it. */
export function useKeyCreation() {
  return useStep((wanted: WantedKey) => post('/keys', wanted));
}

/** Makes a second key that may do the same. */
export function useKeyRotation() {
  return useStep((id: string) => post('/keys/{id}/rotate', undefined, { path: { id } }));
}

/** Ends a key, within 2 s on every gateway. */
export function useKeyRevocation() {
  return useStep((id: string) => remove('/keys/{id}', { path: { id } }));
}

function useStep<Said, Reply>(mutationFn: (said: Said) => Promise<Reply>) {
  const client = useQueryClient();
  return useMutation({ mutationFn, gcTime: 0, onSuccess: () => void client.invalidateQueries({ queryKey: KEYS_KEY }) });
}
