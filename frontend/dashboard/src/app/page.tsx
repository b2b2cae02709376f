import type { Metadata } from 'next';
import { Overview } from '@/features/overview/overview';

export const metadata: Metadata = { title: { absolute: 'Overview · Sentinel' } };

export default function Page() {
  return <Overview />;
}
