'use client';

import { BrokenPage } from '@/components/ui/broken';

/** What Next shows in the place of a page that broke. The head above it lives on, and still tells how things stand. */
export default function PageError({ reset }: { reset: () => void }) {
  return <BrokenPage onAgain={reset} />;
}
