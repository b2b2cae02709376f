'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import styles from './shell.module.css';

const PAGES = [
  ['/', 'Overview'],
  ['/transactions/', 'Transactions'],
  ['/reviews/', 'Reviews'],
  ['/outages/', 'Outages'],
  ['/model/', 'Model'],
] as const;
const CHAOS = ['/chaos/', 'Chaos'] as const;

/** The ways to the pages. Chaos is one of them only where faults may be switched. */
export function Navigation({ hasChaos }: { hasChaos: boolean }) {
  const path = usePathname();
  const here = path.endsWith('/') ? path : `${path}/`;
  return (
    <nav aria-label="Main" className={styles.navigation}>
      <ul>
        {[...PAGES, ...(hasChaos ? [CHAOS] : [])].map(([address, name]) => (
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
