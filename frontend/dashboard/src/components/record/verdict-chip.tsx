import { Chip } from '@/components/ui/chip';
import type { TransactionRecord } from '@/lib/api/transactions';
import { verdictTone } from '@/lib/record/timeline';
import { decisionWord } from '@/lib/record/words';

/** "Approved", or "Unscored · approved" in the colour of what nobody looked at. */
export function VerdictChip({ record, isOld = false }: { record: Pick<TransactionRecord, 'scored' | 'decision'>; isOld?: boolean }) {
  const word = decisionWord(record.decision);
  const words = record.scored ? word : `Unscored · ${word.toLowerCase()}`;
  return (
    <Chip tone={verdictTone(record)} isOld={isOld}>
      {isOld ? words.toLowerCase() : words}
    </Chip>
  );
}
