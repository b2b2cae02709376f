import { circuitQuery } from '@/lib/api/circuit';
import type { ConnectionState } from '@/lib/connection';
import { when } from '@/lib/format';
import { useNow } from '@/lib/now';
import { useIsNobody, usePolled } from '@/lib/polling';
import { conditionsOf } from '@/lib/status-words';
import { Banner } from './banner';
import styles from './shell.module.css';
import { NOBODY, situation, unreachable } from './words';

const MIN_MS = 60_000;

/**
 * The strip under the navigation. It is always there and always as high, so that nothing moves when the banner takes its
 * place. Its sentence is the page's only polite announcement.
 */
export function Situation({ connection }: { connection: ConnectionState }) {
  const { state, isPaused, updatedAtMs, retry } = connection;
  const circuit = usePolled(circuitQuery);
  const isNobody = useIsNobody();
  const nowMs = useNow(MIN_MS); // only the day of a time depends on it
  const lastAt = updatedAtMs > 0 ? when(updatedAtMs, nowMs) : null;
  // what was told before the gateway refused to tell is no answer to how things are
  const said = isNobody && state === 'live' ? NOBODY : situation(state, circuit.error ? undefined : circuit.data, isPaused ? (lastAt ?? '') : null);
  const drill = conditionsOf(circuit.data?.health).find(({ code }) => code === 'INJECTED_FAULTS')?.message;
  return (
    <div className={styles.situation}>
      <div className={styles.slot}>
        <p role="status" className={styles.said} data-tone={said?.tone}>
          {said?.text}
        </p>
        {state === 'unreachable' && <Banner text={unreachable(lastAt, isPaused)} onTry={retry} />}
      </div>
      {drill && <p className={styles.drill}>{drill}</p>}
    </div>
  );
}
