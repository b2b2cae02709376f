'use client';

import type { Scope } from '@/lib/api/me';
import { usePolling } from '@/lib/polling';
import { refusalOf } from './words';

/** Why whoever uses this page may not do something, in words; null where they may. The gateway refuses in any case. */
export function useRefusal(scope: Scope, doing: string): string | null {
  return refusalOf(usePolling().who?.me, scope, doing);
}
