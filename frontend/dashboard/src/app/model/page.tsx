import type { Metadata } from 'next';
import { ModelPage } from '@/features/model/model-page';

export const metadata: Metadata = { title: 'Model' };

export default function Page() {
  return <ModelPage />;
}
