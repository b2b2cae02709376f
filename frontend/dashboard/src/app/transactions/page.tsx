import type { Metadata } from 'next';

export const metadata: Metadata = { title: 'Transactions' };

export default function Page() {
  return <h1>Transactions</h1>;
}
