import { Button } from '@/components/ui/button';
import { NotAvailable, Notice } from '@/components/ui/notice';
import { ApiProblem } from '@/lib/api/client';
import { TOO_SLOW } from '@/lib/api/transactions';
import { placesOf } from './places';

/** Why there is no page, and the way out of it. `onNewest`: back to the first page, where this is a later one. */
export function Failed({ error, onAgain, onNewest }: { error: Error; onAgain: () => void; onNewest: (() => void) | undefined }) {
  const { fields, cursor } = placesOf(error);
  if (error instanceof ApiProblem && error.code === TOO_SLOW) {
    return (
      <Notice>
        The search took too long. Set “Time from”, or write more of the id. <Button onClick={onAgain}>Try again</Button>
      </Notice>
    );
  }
  if (cursor) {
    return (
      <Notice>
        The address asks for a page that there is not. <Button onClick={onNewest}>Newest</Button>
      </Notice>
    );
  }
  return Object.keys(fields).length > 0 ? <Notice>Nothing was searched: see the marked field.</Notice> : <NotAvailable error={error} />;
}
