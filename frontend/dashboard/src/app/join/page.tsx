import type { Metadata } from 'next';
import { JoinPage } from '@/features/session/join-page';

export const metadata: Metadata = { title: 'Join' };

export default function Page() {
  return <JoinPage />;
}
