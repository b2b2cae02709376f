import { describe, expect, it } from 'vitest';
import type { TransactionSearch } from '@/lib/api/transactions';
import { collect } from './collect';
import { doneWords } from './export-button';
import { fileName } from './save';

const HEADER = 'transaction_id,amount\r\n';

/** A gateway with so many records, that keeps what it was asked. */
function gatewayWith(total: number) {
  const asked: TransactionSearch[] = [];
  const getPage = async (search: TransactionSearch) => {
    asked.push(search);
    const from = Number(search.cursor ?? 0);
    const to = Math.min(from + (search.limit ?? 50), total);
    let text = HEADER;
    for (let i = from; i < to; i += 1) text += `txn_${i},1.00\r\n`;
    return { text, nextCursor: to < total ? String(to) : null };
  };
  return { asked, getPage };
}

const quietly = () => ({ signal: new AbortController().signal, onProgress: () => {} });

describe('the export', () => {
  it('has one header and every row once, in order', async () => {
    const { asked, getPage } = gatewayWith(1_203);
    const { text, rows, isCutOff } = await collect({ decision: 'block' }, getPage, quietly());
    const lines = text.split('\r\n');
    expect(lines[0]).toBe('transaction_id,amount');
    expect(lines.filter((line) => line.startsWith('transaction_id'))).toHaveLength(1);
    expect(lines.slice(1, -1)).toEqual(Array.from({ length: 1_203 }, (_, i) => `txn_${i},1.00`));
    expect({ rows, isCutOff }).toEqual({ rows: 1_203, isCutOff: false });
    expect(asked.map(({ decision, cursor }) => [decision, cursor])).toEqual([['block', undefined], ['block', '500'], ['block', '1000']]);
  });

  it('ends at its bound, and says that there was more', async () => {
    const { asked, getPage } = gatewayWith(1_203);
    const { rows, isCutOff } = await collect({}, getPage, { ...quietly(), rowsMax: 700 });
    expect({ rows, isCutOff }).toEqual({ rows: 700, isCutOff: true });
    expect(asked.map(({ limit }) => limit)).toEqual([500, 200]);
    expect(doneWords(700, true)).toBe('Saved 700 rows. Cut off there: older ones match too. Narrow the filters for them.');
  });

  it('is whole when the record ends at the bound', async () => {
    const { getPage } = gatewayWith(700);
    expect((await collect({}, getPage, { ...quietly(), rowsMax: 700 })).isCutOff).toBe(false);
    expect(doneWords(1, false)).toBe('Saved 1 row.');
  });

  it('is a header alone where nothing matches', async () => {
    const { getPage } = gatewayWith(0);
    expect(await collect({}, getPage, quietly())).toEqual({ text: HEADER, rows: 0, isCutOff: false });
  });

  it('tells how far it is, and stops where it is cancelled', async () => {
    const { asked, getPage } = gatewayWith(5_000);
    const abort = new AbortController();
    const seen: number[] = [];
    const onProgress = (rows: number) => {
      seen.push(rows);
      if (rows === 1_000) abort.abort();
    };
    await expect(collect({}, getPage, { signal: abort.signal, onProgress })).rejects.toThrow();
    expect(seen).toEqual([500, 1_000]);
    expect(asked).toHaveLength(2);
  });

  it('is saved under a name that every system takes', () => {
    expect(fileName(new Date('2026-11-24T10:00:00.123Z'))).toBe('transactions-2026-11-24T10-00-00Z.csv');
  });
});
