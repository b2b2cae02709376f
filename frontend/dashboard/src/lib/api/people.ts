import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { PACE_MS } from '@/lib/pace';
import { get, post, put, remove, type ReplyOf } from './client';
import { ME_KEY, type Role } from './me';

type People = ReplyOf<'/people', 'get'>;
export type Person = People['people'][number];
export type Invitation = People['invitations'][number];
export type NewInvitation = ReplyOf<'/people/invitations', 'post'>;

const PEOPLE_KEY = ['people'];

/** Everybody who may sign in, and who was invited. */
export const peopleQuery = queryOptions({
  queryKey: PEOPLE_KEY,
  queryFn: ({ signal }) => get('/people', { signal }),
  refetchInterval: PACE_MS.seldom,
});

/** Invites somebody; the answer is the only one that holds the link, so nothing keeps it. */
export function useInvitation() {
  return useStep((said: { email: string; roles: Role[] }) => post('/people/invitations', said));
}

/** Ends an invitation: its link is good for nothing any more. */
export function useWithdrawal() {
  return useStep((id: string) => remove('/people/invitations/{invitation_id}', { path: { invitation_id: id } }));
}

/** Replaces the roles of a person, within 2 s on every gateway. */
export function useRolesChange() {
  return useStep(({ id, roles }: { id: string; roles: Role[] }) => put('/people/{person_id}', { roles }, { path: { person_id: id } }));
}

/** Removes a person, whose sessions end within 2 s. */
export function useRemoval() {
  return useStep((id: string) => remove('/people/{person_id}', { path: { person_id: id } }));
}

function useStep<Said, Reply>(mutationFn: (said: Said) => Promise<Reply>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    gcTime: 0,
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: PEOPLE_KEY });
      void client.invalidateQueries({ queryKey: ME_KEY }); // it may be oneself
    },
  });
}
