'use client';

import { memo } from 'react';
import { Chip } from '@/components/ui/chip';
import { circuitQuery, type CircuitStatus } from '@/lib/api/circuit';
import { scoring } from '@/lib/circuit-words';
import { useNow } from '@/lib/now';
import type { PageState } from '@/lib/part';
import { usePolled, usePolling } from '@/lib/polling';
import { brainsInWords, circuitTone, failuresInWords, gatewaysInWords, lastFailure, meaning, nextToTry } from './circuit-words';
import { Countdown } from './countdown';
import { Facts } from './facts';
import type { History } from './histories';
import styles from './overview.module.css';
import { Panel } from './panel';

const MIN_MS = 60_000;

/** Whether requests are scored, how near circuits are to opening, and when one is tried again. `histories`: one a gateway. */
export const CircuitCard = memo(function CircuitCard({ page, histories }: { page: PageState; histories: readonly History[] }) {
  const { isPaused } = usePolling();
  const nowMs = useNow(MIN_MS);
  return (
    <Panel
      title="Circuit to scorer"
      query={usePolled(circuitQuery)}
      page={page}
      heightRem={14}
      aside={(circuit, isOld) => <StateChip circuit={circuit} isOld={isOld} />}
    >
      {(circuit, isOld) => (
        <>
          <p className={styles.sentence}>
            {/* paused or late, a countdown would go on for a gateway that may be elsewhere by now */}
            {!isPaused && !isOld && <NextAttempt circuit={circuit} histories={histories} />}
            {meaning(circuit, isOld)}
          </p>
          <Facts
            facts={[
              ['Failures in a row', <Failures key="failures" circuit={circuit} isOld={isOld} />],
              ['Last failure', <span key="last" className={styles.twoLines}>{lastFailure(histories, nowMs)}</span>],
              ['Gateways', <Gateways key="gateways" circuit={circuit} />],
              ['Brains', brainsInWords(circuit.brains)],
            ]}
          />
        </>
      )}
    </Panel>
  );
});

function StateChip({ circuit, isOld }: { circuit: CircuitStatus; isOld: boolean }) {
  const { word } = scoring(circuit);
  return (
    <Chip tone={circuitTone(circuit)} isOld={isOld}>
      {isOld ? word.toLowerCase() : word}
    </Chip>
  );
}

function NextAttempt({ circuit, histories }: { circuit: CircuitStatus; histories: readonly History[] }) {
  const next = nextToTry(histories, circuit.instances);
  if (!next) return null;
  return (
    <>
      {circuit.instances.length > 1 && `${next.instance}: `}
      <Countdown untilMs={next.triesAtMs} brain={next.brain} />{' '}
    </>
  );
}

function Failures({ circuit, isOld }: { circuit: CircuitStatus; isOld: boolean }) {
  const text = failuresInWords(circuit);
  const isWarning = !isOld && circuit.instances.some(({ state, failures }) => state === 'closed' && failures > 0);
  return isWarning ? <Chip tone="warn">{text}</Chip> : text;
}

function Gateways({ circuit }: { circuit: CircuitStatus }) {
  const words = gatewaysInWords(circuit.instances);
  if (circuit.instances.length === 1) return words;
  return (
    <details>
      <summary>{words}</summary>
      <ul>
        {circuit.instances.map(({ instance, state, failures }) => (
          <li key={instance}>
            {instance}: {state}, {failures} of {circuit.fail_max} failures
          </li>
        ))}
      </ul>
    </details>
  );
}
