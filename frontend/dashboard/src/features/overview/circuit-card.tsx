'use client';

import { memo } from 'react';
import { Chip } from '@/components/ui/chip';
import { circuitQuery, type CircuitStatus } from '@/lib/api/circuit';
import { timeOfDay } from '@/lib/format';
import type { PageState } from '@/lib/part';
import { usePolled } from '@/lib/polling';
import { blindReason } from '@/lib/record/words';
import { brainsInWords, CIRCUIT, gatewaysInWords } from './circuit-words';
import { Countdown } from './countdown';
import { Facts } from './facts';
import styles from './overview.module.css';
import { Panel } from './panel';

/** Whether requests are scored, how near the circuit is to opening, and when it tries again. */
export const CircuitCard = memo(function CircuitCard({ page }: { page: PageState }) {
  const query = usePolled(circuitQuery);
  return (
    <Panel
      title="Circuit to scorer"
      query={query}
      page={page}
      heightRem={11.5}
      aside={({ fleet_state }, isOld) => (
        <Chip tone={CIRCUIT[fleet_state].tone} isOld={isOld}>
          {isOld ? CIRCUIT[fleet_state].word.toLowerCase() : CIRCUIT[fleet_state].word}
        </Chip>
      )}
    >
      {(circuit, isOld) => (
        <>
          <p className={styles.sentence}>
            {/* paused or late, a countdown would go on for a gateway that may be elsewhere by now */}
            {circuit.state === 'open' && page.connection === 'live' && (
              <>
                <Countdown forMs={circuit.retry_after_ms} sinceMs={query.dataUpdatedAt} isReachable={circuit.scorer_reachable} />{' '}
              </>
            )}
            {isOld ? CIRCUIT[circuit.fleet_state].before : CIRCUIT[circuit.fleet_state].sentence}
          </p>
          <Facts
            facts={[
              ['Failures in a row', <Failures key="failures" circuit={circuit} isOld={isOld} />],
              ['Last failure', <span key="last" className={styles.twoLines}>{lastFailure(circuit)}</span>],
              ['Gateways', <Gateways key="gateways" circuit={circuit} />],
              ['Brains', brainsInWords(circuit.brains)],
            ]}
          />
        </>
      )}
    </Panel>
  );
});

function Failures({ circuit, isOld }: { circuit: CircuitStatus; isOld: boolean }) {
  const text = `${circuit.failures} of ${circuit.fail_max}`;
  const isWarning = circuit.state === 'closed' && circuit.failures > 0 && !isOld;
  return isWarning ? <Chip tone="warn">{text}</Chip> : text;
}

function lastFailure({ last_failure }: CircuitStatus): string {
  return last_failure ? `${blindReason(last_failure.reason_code)}, ${timeOfDay(last_failure.at)}` : 'none';
}

function Gateways({ circuit }: { circuit: CircuitStatus }) {
  const words = gatewaysInWords(circuit.instances);
  if (circuit.instances.length === 1) return words;
  return (
    <details>
      <summary>{words}</summary>
      <ul>
        {circuit.instances.map(({ instance, state }) => (
          <li key={instance}>
            {instance}: {state}
          </li>
        ))}
      </ul>
    </details>
  );
}
