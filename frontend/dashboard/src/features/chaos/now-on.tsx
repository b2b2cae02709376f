import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Chip } from '@/components/ui/chip';
import type { Faults, FaultSettings } from '@/lib/api/faults';
import styles from './chaos.module.css';
import { presetOf, STOP } from './presets';
import { describe, isSame, sight } from './settings';

/** What is on right now, whoever switched it on, and the way out. `mine`: what this page asked for last. */
export function NowOn({
  faults,
  mine,
  isOld,
  onStop,
}: {
  faults: Faults;
  mine: FaultSettings | null;
  isOld: boolean;
  onStop: (settings: FaultSettings) => void;
}) {
  const seen = sight(faults.brains);
  const maySomethingBeOn = seen.kind !== 'off';
  return (
    <Card title="On now" isOld={isOld} aside={<State kind={seen.kind} isOld={isOld} />}>
      {seen.kind === 'silent' && <p>No brain says what it injects: none answered within a second.</p>}
      {seen.kind === 'off' && <p>No fault is on.</p>}
      {seen.kind === 'mixed' && <p>The brains differ. Each is listed below.</p>}
      {seen.kind === 'on' && <On settings={seen.settings} mine={mine} />}
      {faults.is_enabled && (
        <div className={styles.stop}>
          {/* never disabled: what is pressed must not lose the focus, and to stop twice does no harm */}
          <Button kind={maySomethingBeOn ? 'primary' : 'plain'} onClick={() => onStop(STOP.settings)}>
            {STOP.name}
          </Button>
          <p className="small">Afterwards watch for: {STOP.watch}</p>
        </div>
      )}
    </Card>
  );
}

function On({ settings, mine }: { settings: FaultSettings; mine: FaultSettings | null }) {
  const preset = presetOf(settings);
  return (
    <>
      <p>
        <strong>{preset ? preset.name : 'A mixture'}</strong>: {describe(settings).join('; ')}.
      </p>
      <p className="muted small">
        {mine && isSame(mine, settings)
          ? 'Switched on from this page.'
          : 'Switched on by somebody else, or by the environment that the brains were started in.'}
      </p>
      {preset && <p>Watch for: {preset.watch}</p>}
    </>
  );
}

function State({ kind, isOld }: { kind: ReturnType<typeof sight>['kind']; isOld: boolean }) {
  if (kind === 'silent') return <Chip tone="unknown">Not known</Chip>;
  if (kind === 'off') return <Chip tone="good" isOld={isOld}>{isOld ? 'quiet' : 'Quiet'}</Chip>;
  return <Chip tone="bad" isOld={isOld}>{isOld ? 'on' : 'Faults on'}</Chip>;
}
