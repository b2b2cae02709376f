'use client';

import { refusalOf } from '@/lib/access/words';
import { usePolling } from '@/lib/polling';

/** Who decides here: whoever is signed in, as the gateway puts it on record; empty until it has said so. `no`: why that person may not, or null. */
export function useDecider(): { me: string; no: string | null } {
  const me = usePolling().who?.me;
  return { me: me?.name ?? '', no: refusalOf(me, 'reviews:write', 'Deciding reviews') };
}
