import type { Metadata } from 'next';

export const metadata: Metadata = { title: 'Chaos' };

export default function Page() {
  return <h1>Chaos</h1>;
}
