'use client';

import { BrokenPage } from '@/components/ui/broken';
import '@/styles/tokens.css';
import '@/styles/base.css';

/** What Next shows when the head itself broke: it replaces everything, so it brings its own document. */
export default function DocumentError({ reset }: { reset: () => void }) {
  return (
    <html lang="en">
      <body>
        <title>Broken · Sentinel</title>
        <main style={{ padding: 'var(--space-4)' }}>
          <BrokenPage onAgain={reset} />
        </main>
      </body>
    </html>
  );
}
