'use client';

import { useSignOut } from '@/lib/api/sign-in';

const NEXT = '/dashboard/sign-in/';

/** Signs out, and leaves nothing of the page in this tab. `failure`: why not, in words; empty while all is well. */
export function useSignOutHere(): { signOut: () => void; failure: string } {
  const step = useSignOut();
  return {
    // a page of its own, not a step of the router: nothing of what was read stays in memory
    // eslint-disable-next-line @next/next/no-location-assign-relative-destination
    signOut: () => step.mutate(undefined, { onSuccess: () => window.location.assign(NEXT) }),
    failure: step.error ? 'Not signed out: try again.' : '',
  };
}
