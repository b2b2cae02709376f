'use client';

import { useQueryClient } from '@tanstack/react-query';
import { BrokenPage } from '@/components/ui/broken';

/** What Next shows in the place of a page that broke. The head above it lives on, and still tells how things stand. */
export default function PageError({ reset }: { reset: () => void }) {
  const client = useQueryClient();
  const again = () => {
    client.removeQueries({ type: 'inactive' }); // the answer that broke the page would break it again
    reset();
  };
  return <BrokenPage onAgain={again} />;
}
