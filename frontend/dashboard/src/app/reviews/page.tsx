import type { Metadata } from 'next';

export const metadata: Metadata = { title: 'Reviews' };

export default function Page() {
  return <h1>Reviews</h1>;
}
