'use client';

import { useSearchParams } from 'next/navigation';
import { lazy, Suspense } from 'react';
import { Loading } from '@/components/ui/notice';
import { Modal } from '@/components/ui/modal';
import { closeWindow } from '@/lib/address';

const Detail = lazy(() => import('./detail').then((module) => ({ default: module.Detail })));

const HEIGHT_REM = 40;

/** The window over any page whose address says ?tx=ID. What it shows is fetched when it first opens. */
export function TransactionWindow() {
  const id = useSearchParams().get('tx');
  if (!id) return null;
  return (
    <Modal key={id} title={`Transaction ${id}`} onClose={() => closeWindow('tx')}>
      <Suspense fallback={<Loading heightRem={HEIGHT_REM} />}>
        <Detail transactionId={id} />
      </Suspense>
    </Modal>
  );
}
