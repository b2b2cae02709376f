import { Chip } from '@/components/ui/chip';
import type { Outage } from '@/lib/api/outages';
import { count } from '@/lib/format';

/** How far an outage is: still open, over but not all scored, or done with. */
export function OutageState({ outage, isOld = false }: { outage: Outage; isOld?: boolean }) {
  if (outage.is_open) return <Chip tone="bad" isOld={isOld}>{isOld ? 'open' : 'Still open'}</Chip>;
  if (outage.is_settled) return <Chip tone="good" isOld={isOld}>{isOld ? 'settled' : 'Settled'}</Chip>;
  const left = outage.figures?.open ?? 0;
  return (
    <Chip tone="warn" isOld={isOld}>
      {left > 0 ? `${count(left)} to be scored` : isOld ? 'being settled' : 'Being settled'}
    </Chip>
  );
}
