import type { Metadata } from 'next';
import { Suspense } from 'react';
import { Loading } from '@/components/ui/notice';
import { TransactionWindow } from '@/features/transactions/detail/window';
import { Transactions } from '@/features/transactions/transactions';

export const metadata: Metadata = { title: 'Transactions' };

export default function Page() {
  return (
    <>
      <h1>Transactions</h1>
      <Suspense fallback={<Loading heightRem={70} />}>
        <Transactions />
        <TransactionWindow />
      </Suspense>
    </>
  );
}
