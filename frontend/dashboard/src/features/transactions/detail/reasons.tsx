import type { TransactionRecord } from '@/lib/api/transactions';

export function Reasons({ record }: { record: TransactionRecord }) {
  return <p>{record.reasons.length}</p>;
}
