import type { ReactNode } from 'react';
import { when } from '@/lib/format';
import { useNow } from '@/lib/now';
import type { PartState } from '@/lib/part';
import { Boundary } from './boundary';
import { Loading, NotAvailable } from './notice';

const MIN_MS = 60_000;

/** What stands in a part that has nothing to show yet; nothing where it has. `heightRem`: about as tall as what will come. */
export function Instead({ part, heightRem }: { part: PartState<unknown>; heightRem: number }) {
  if (part.kind === 'loading') return <Loading heightRem={heightRem} />;
  if (part.kind === 'unknown') return <p className="muted">Not known yet.</p>;
  return part.kind === 'failed' ? <NotAvailable error={part.error} /> : null;
}

/** Why a part shows nothing newer, above what it shows; nothing where that is well. `atMs`: when its figures came. */
export function Late({ part, atMs }: { part: PartState<unknown>; atMs: number }) {
  const nowMs = useNow(MIN_MS);
  if (part.kind !== 'shown' || part.error === null) return null;
  return (
    <div>
      <NotAvailable error={part.error} />
      <p className="muted small">What follows is from {when(atMs, nowMs)}.</p>
    </div>
  );
}

type Render<T> = (data: T, isOld: boolean) => ReactNode;

/** What a part shows, once it has something. What breaks in making it takes nothing else along, and ends with other data. */
export function Shown<T>({ part, render }: { part: PartState<T>; render: Render<T> }) {
  if (part.kind !== 'shown') return null;
  return (
    <Boundary of={part.data}>
      <Filled data={part.data} isOld={part.isOld} render={render} />
    </Boundary>
  );
}

/** Within the boundary, so that it also holds back what breaks in `render` itself. */
function Filled<T>({ data, isOld, render }: { data: T; isOld: boolean; render: Render<T> }) {
  return render(data, isOld);
}
