import type { Metadata } from 'next';

export const metadata: Metadata = { title: 'Model' };

export default function Page() {
  return <h1>Model</h1>;
}
