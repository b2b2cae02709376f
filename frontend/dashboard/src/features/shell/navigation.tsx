'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { usePolling } from '@/lib/polling';
import styles from './shell.module.css';

const PAGES = [
  ['/', 'Overview'],
  ['/transactions/', 'Transactions'],
  ['/reviews/', 'Reviews'],
  ['/outages/', 'Outages'],
  ['/model/', 'Model'],
] as const;
const CHAOS = ['/chaos/', 'Chaos'] as const;
const ACCESS = ['/access/', 'Access'] as const;

/** The ways to the pages. Chaos is one of them only where faults may be switched, Access only for admins. */
export function Navigation({ hasChaos }: { hasChaos: boolean }) {
  const path = usePathname();
  const isAdmin = usePolling().who?.me?.scopes.includes('admin');
  const here = path.endsWith('/') ? path : `${path}/`;
  return (
    <nav aria-label="Main" className={styles.navigation}>
      <ul>
        {[...PAGES, ...(hasChaos ? [CHAOS] : []), ...(isAdmin ? [ACCESS] : [])].map(([address, name]) => (
          <li key={address}>
            {/* prefetching every page would cost more bytes than the first one */}
            <Link href={address} prefetch={false} aria-current={address === here ? 'page' : undefined}>
              {name}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
