import type { TransactionSearch } from '@/lib/api/transactions';

export const ROWS_MAX = 10_000; // some 2 MB, which a browser and a spreadsheet take without a pause
const PAGE_ROWS = 500; // the most that the gateway gives at once

export interface Collected {
  /** One header, then the rows. */
  text: string;
  rows: number;
  /** Whether more would have matched. */
  isCutOff: boolean;
}

type GetPage = (search: TransactionSearch, signal: AbortSignal) => Promise<{ text: string; nextCursor: string | null }>;

/**
 * All that matches as one CSV text, newest first, page after page, `rowsMax` rows at most.
 *
 * Rejects as `getPage` does, and once `signal` is aborted; a part is of no use to anybody, so none is given.
 */
export async function collect(
  search: TransactionSearch,
  getPage: GetPage,
  { signal, onProgress, rowsMax = ROWS_MAX }: { signal: AbortSignal; onProgress: (rows: number) => void; rowsMax?: number },
): Promise<Collected> {
  const parts: string[] = [];
  let rows = 0;
  let cursor: string | null = null;
  do {
    signal.throwIfAborted();
    const limit = Math.min(PAGE_ROWS, rowsMax - rows);
    const page = await getPage({ ...search, limit, ...(cursor !== null && { cursor }) }, signal);
    signal.throwIfAborted();
    const { header, body } = split(page.text);
    parts.push(parts.length === 0 ? header + body : body);
    rows += countRows(body);
    cursor = page.nextCursor;
    onProgress(rows);
  } while (cursor !== null && rows < rowsMax);
  return { text: parts.join(''), rows, isCutOff: cursor !== null };
}

// No cell of this export holds a line break: the gateway allows none in ids, and the rest are numbers and words.
const LINE_END = '\r\n';

function split(text: string): { header: string; body: string } {
  const end = text.indexOf(LINE_END) + LINE_END.length;
  return { header: text.slice(0, end), body: text.slice(end) };
}

function countRows(body: string): number {
  return body.split(LINE_END).length - 1;
}
