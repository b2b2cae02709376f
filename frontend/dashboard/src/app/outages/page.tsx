import type { Metadata } from 'next';
import { Suspense } from 'react';
import { Outages } from '@/features/outages/outages';

export const metadata: Metadata = { title: 'Outages' };

export default function Page() {
  return (
    <Suspense fallback={<h1>Outages</h1>}>
      <Outages />
    </Suspense>
  );
}
