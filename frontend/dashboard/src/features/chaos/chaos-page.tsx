'use client';

import { useState } from 'react';
import { Card } from '@/components/ui/card';
import { Notice } from '@/components/ui/notice';
import { Part } from '@/components/ui/part';
import { useRefusal } from '@/lib/access/use-refusal';
import { faultsQuery, type Faults, type FaultSettings } from '@/lib/api/faults';
import { useFaultsChange } from '@/lib/api/faults-change';
import { usePolled } from '@/lib/polling';
import { toStepMessage } from '@/lib/problem';
import { BrainTable } from './brain-table';
import styles from './chaos.module.css';
import { ConfirmFaults, type Wanted } from './confirm-faults';
import { Killing } from './killing';
import { MixtureForm } from './mixture-form';
import { NowOn } from './now-on';
import { PresetList } from './preset-list';
import { outcome } from './settings';

/** Trouble on purpose, where that is allowed: what is on, what can be switched on, and what to watch then. */
export function ChaosPage() {
  return (
    <div className={styles.page}>
      <h1>Chaos</h1>
      <Part title="On now" query={usePolled(faultsQuery)} heightRem={50}>
        {(faults, isOld) => <Controls faults={faults} isOld={isOld} />}
      </Part>
      <Killing />
    </div>
  );
}

function Controls({ faults, isOld }: { faults: Faults; isOld: boolean }) {
  const change = useFaultsChange();
  const [wanted, setWanted] = useState<Wanted | null>(null);
  const [mine, setMine] = useState<FaultSettings | null>(null); // what this page asked for last
  const no = useRefusal('faults:write', 'Switching faults');
  const put = (settings: FaultSettings) => change.mutate(settings, { onSuccess: () => setMine(settings) });
  return (
    <>
      {faults.is_enabled && (
        <p className={styles.warning}>
          <strong>These switches harm real verdicts.</strong> They reach every brain that this gateway knows, for whoever pays
          at the moment, until they are stopped or the brains start anew.
        </p>
      )}
      {faults.is_enabled && no && <p>{no}</p>}
      <NowOn faults={faults} mine={mine} isOld={isOld} mayStop={no === null} onStop={put} />
      {/* always there: what appears in it is read out */}
      <p role="status" className={styles.said}>
        {change.isPending ? 'Asking every brain ...' : change.data && change.variables && outcome(change.data, change.variables)}
      </p>
      <p role="alert" className={styles.failed}>
        {change.error && toStepMessage(change.error)}
      </p>
      {faults.is_enabled ? (
        <>
          <PresetList faults={faults} maySwitch={no === null} onWant={setWanted} />
          {no === null && <MixtureForm faults={faults} onWant={setWanted} />}
        </>
      ) : (
        <Card title="Switched off here">
          <Notice>
            Faults cannot be switched through this gateway. Start it with GATEWAY_FAULT_CONTROL=true, and each brain with
            BRAIN_FAULT_CONTROL=true; never in production, where anybody who reaches this page could stop the scoring.
          </Notice>
        </Card>
      )}
      <BrainTable brains={faults.brains} isOld={isOld} />
      {wanted && (
        <ConfirmFaults
          wanted={wanted}
          onClose={() => setWanted(null)}
          onConfirm={() => {
            setWanted(null);
            put(wanted.settings);
          }}
        />
      )}
    </>
  );
}
