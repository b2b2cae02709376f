import type { Metadata } from 'next';
import type { ReactNode } from 'react';
import { Gate } from '@/features/session/gate';
import { Shell } from '@/features/shell/shell';
import { PollingProvider } from '@/lib/polling';
import '@/styles/tokens.css';
import '@/styles/base.css';

export const metadata: Metadata = { title: { default: 'Sentinel', template: '%s · Sentinel' }, description: 'Fraud gateway operations' };

export default function Layout({ children }: { children: ReactNode }) {
  return (
    // theme.js may have set the theme before React wakes up
    <html lang="en" suppressHydrationWarning>
      <head>
        {/* eslint-disable-next-line @next/next/no-sync-scripts -- it has to run before the first paint */}
        <script src="/dashboard/theme.js" />
      </head>
      <body>
        <PollingProvider>
          <Shell>
            <Gate>{children}</Gate>
          </Shell>
        </PollingProvider>
      </body>
    </html>
  );
}
