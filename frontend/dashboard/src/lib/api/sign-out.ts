import { post } from './client';

/** Ends the session, here and on every gateway. Safe to repeat. */
export function signOut() {
  return post('/sign-out', undefined);
}
