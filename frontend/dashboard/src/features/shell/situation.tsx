import { Button } from '@/components/ui/button';
import { circuitQuery } from '@/lib/api/circuit';
import type { Faults } from '@/lib/api/faults';
import type { ConnectionState } from '@/lib/connection';
import { injected } from '@/lib/faults-words';
import { usePolled } from '@/lib/polling';
import styles from './shell.module.css';
import { situation, unreachable } from './words';

/**
 * The strip under the navigation. It is always there and always as high, so that nothing moves when the banner takes its
 * place. Its sentence is the page's only polite announcement.
 */
export function Situation({ connection, faults }: { connection: ConnectionState; faults: Faults | undefined }) {
  const circuit = usePolled(circuitQuery);
  const said = situation(connection.state, circuit.data);
  const drill = faults && injected(faults);
  return (
    <div className={styles.situation}>
      <div className={styles.slot}>
        <p role="status" className={styles.said} data-tone={said?.tone}>
          {said?.text}
        </p>
        {connection.state === 'unreachable' && (
          <div role="alert" className={styles.banner}>
            <p>{unreachable(connection.updatedAtMs)}</p>
            <Button onClick={connection.retry}>Try now</Button>
          </div>
        )}
      </div>
      {drill && <p className={styles.drill}>{drill}</p>}
    </div>
  );
}
