'use client';

import { useSearchParams } from 'next/navigation';
import { OutageOverview } from './outage-overview';
import { OutageReport } from './outage-report';

/** `?id=...` shows the report of one outage. A path of its own would need a server: these pages are files. */
export function Outages() {
  const id = useSearchParams().get('id');
  return id ? <OutageReport key={id} id={id} /> : <OutageOverview />;
}
