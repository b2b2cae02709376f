import type { Metadata } from 'next';

export const metadata: Metadata = { title: 'Outages' };

export default function Page() {
  return <h1>Outages</h1>;
}
