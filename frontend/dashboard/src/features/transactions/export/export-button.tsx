'use client';

import { useEffect, useRef, useState } from 'react';
import { Button } from '@/components/ui/button';
import { getCsv } from '@/lib/api/client';
import type { TransactionSearch } from '@/lib/api/transactions';
import { count } from '@/lib/format';
import { toMessage } from '@/lib/problem';
import { collect, ROWS_MAX } from './collect';
import styles from './export.module.css';
import { fileName, saveFile } from './save';

type State =
  | { is: 'idle' }
  | { is: 'running'; rows: number }
  | { is: 'done'; words: string }
  | { is: 'failed'; words: string };

/** Saves all that matches as a CSV file. `search` null: there is nothing to save. */
export function ExportButton({ search }: { search: TransactionSearch | null }) {
  const [state, setState] = useState<State>({ is: 'idle' });
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  const start = async (wanted: TransactionSearch) => {
    const abort = new AbortController();
    running.current = abort;
    setState({ is: 'running', rows: 0 });
    try {
      const onProgress = (rows: number) => setState({ is: 'running', rows });
      const { text, rows, isCutOff } = await collect(wanted, getCsv, { signal: abort.signal, onProgress });
      saveFile(fileName(new Date()), text, 'text/csv');
      setState({ is: 'done', words: doneWords(rows, isCutOff) });
    } catch (error) {
      if (abort.signal.aborted) setState({ is: 'idle' });
      else setState({ is: 'failed', words: `Nothing was saved. ${toMessage(error as Error)}` });
    }
  };

  return (
    <div className={styles.export}>
      {state.is === 'running' ? (
        <Button onClick={() => running.current?.abort()}>Cancel export</Button>
      ) : (
        <Button disabled={!search} onClick={() => search && void start(search)}>
          Export CSV
        </Button>
      )}
      {state.is === 'running' && (
        <>
          <progress aria-label="Export" max={ROWS_MAX} value={state.rows} />
          <span className="small muted figures">{count(state.rows)} rows so far</span>
        </>
      )}
      <span role="status" className="small" data-failed={state.is === 'failed' || undefined}>
        {(state.is === 'done' || state.is === 'failed') && state.words}
      </span>
    </div>
  );
}

/** Says so when there was more than a file holds. */
export function doneWords(rows: number, isCutOff: boolean): string {
  const saved = `Saved ${count(rows)} ${rows === 1 ? 'row' : 'rows'}.`;
  return isCutOff ? `${saved} Cut off there: older ones match too. Narrow the filters for them.` : saved;
}
