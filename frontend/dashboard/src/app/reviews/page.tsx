import type { Metadata } from 'next';
import { Suspense } from 'react';
import { Loading } from '@/components/ui/notice';
import { Reviews } from '@/features/reviews/reviews';
import { TransactionWindow } from '@/features/transactions/detail/window';

export const metadata: Metadata = { title: 'Review queue' };

export default function Page() {
  return (
    <>
      <h1>Review queue</h1>
      <Suspense fallback={<Loading heightRem={60} />}>
        <Reviews />
        <TransactionWindow />
      </Suspense>
    </>
  );
}
