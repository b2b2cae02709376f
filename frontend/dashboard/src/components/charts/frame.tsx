'use client';

import { useId, useState, type ReactNode } from 'react';
import { Button } from '@/components/ui/button';
import styles from './charts.module.css';

export interface Table {
  head: readonly string[];
  rows: readonly (readonly string[])[];
}

/**
 * What every chart has around its drawing: a line that says which point is read, and the same figures as a table on demand.
 * The line is for eyes: the slider says the same. `table` is called only while the table is open.
 */
export function Frame({
  name,
  reading,
  hint,
  table,
  children,
}: {
  name: string;
  reading: string | null;
  hint: string;
  table: () => Table;
  children: ReactNode;
}) {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const words = isOpen ? 'Hide table' : 'Show as table';
  return (
    <figure className={styles.chart}>
      {children}
      <div className={styles.foot}>
        <p aria-hidden="true" className={styles.reading}>
          {reading ?? hint}
        </p>
        <Button aria-label={`${words}: ${name}`} aria-controls={isOpen ? id : undefined} onClick={() => setOpen(!isOpen)}>
          {words}
        </Button>
      </div>
      {isOpen && <TableView id={id} name={name} {...table()} />}
    </figure>
  );
}

function TableView({ id, name, head, rows }: { id: string; name: string } & Table) {
  return (
    <div id={id} role="region" aria-label={`${name}, table`} tabIndex={0} className={styles.table}>
      <table>
        <caption className="visually-hidden">{name}</caption>
        <thead>
          <tr>
            {head.map((text, i) => (
              <th key={text} scope="col" className={i > 0 ? 'number' : undefined}>
                {text}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([first = '', ...others], row) => (
            <tr key={`${row} ${first}`}>
              <th scope="row">{first}</th>
              {others.map((text, i) => (
                <td key={head[i + 1]} className="number">
                  {text}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
