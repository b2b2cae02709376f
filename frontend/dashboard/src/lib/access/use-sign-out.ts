'use client';

import { useState } from 'react';
import { signOut } from '@/lib/api/sign-out';

const NEXT = '/dashboard/sign-in/';

/** Signs out, and leaves nothing of the page in this tab. `failure`: why not, in words; empty while all is well. */
export function useSignOutHere(): { signOut: () => void; failure: string } {
  const [failure, setFailure] = useState('');
  return {
    signOut: () => {
      signOut().then(
        // a page of its own, not a step of the router: nothing of what was read stays in memory
        // eslint-disable-next-line @next/next/no-location-assign-relative-destination
        () => window.location.assign(NEXT),
        () => setFailure('Not signed out: try again.'),
      );
    },
    failure,
  };
}
