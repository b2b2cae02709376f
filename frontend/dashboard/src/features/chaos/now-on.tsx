import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Chip } from '@/components/ui/chip';
import type { Faults, FaultSettings } from '@/lib/api/faults';
import { describe, injected, isSame, type Injected } from '@/lib/faults-words';
import { counted } from '@/lib/words';
import styles from './chaos.module.css';
import { presetOf, STOP } from './presets';

/** What is on right now, whoever switched it on, and the way out. `mine`: what this page asked for last; `mayStop`: whoever looks may. */
export function NowOn({
  faults,
  mine,
  isOld,
  mayStop,
  onStop,
}: {
  faults: Faults;
  mine: FaultSettings | null;
  isOld: boolean;
  mayStop: boolean;
  onStop: (settings: FaultSettings) => void;
}) {
  const seen = injected(faults.brains);
  const maySomethingBeOn = seen.kind !== 'off' || seen.silent > 0;
  return (
    <Card title="On now" isOld={isOld} aside={<State seen={seen} isOld={isOld} />}>
      <div className={styles.now}>
        {seen.kind === 'silent' && <p>No brain says what it injects: none answered within a second.</p>}
        {seen.kind === 'off' && <p>{seen.silent > 0 ? 'No fault is on in those that answered.' : 'No fault is on.'}</p>}
        {seen.kind === 'mixed' && <Mixed seen={seen} />}
        {seen.kind === 'on' && seen.settings && <On settings={seen.settings} mine={mine} />}
        {seen.kind !== 'silent' && seen.silent > 0 && (
          <p>
            {seen.silent} of {counted(seen.all, 'brain')} did not answer within a second: what {seen.silent === 1 ? 'it injects' : 'they inject'} is
            not known.
          </p>
        )}
      </div>
      {faults.is_enabled && (
        <div className={styles.stop}>
          {/* never disabled by pressing it: what is pressed must not lose the focus, and to stop twice does no harm */}
          <Button disabled={!mayStop} kind={maySomethingBeOn ? 'primary' : 'plain'} onClick={() => onStop(STOP.settings)}>
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

function Mixed({ seen: { settings, hit, all } }: { seen: Injected }) {
  return (
    <p>
      {hit} of {counted(all, 'brain')} {hit === 1 ? 'injects' : 'inject'} faults
      {settings ? `: ${describe(settings).join('; ')}.` : ', and they differ.'} Each brain is listed below.
    </p>
  );
}

function State({ seen: { kind, silent }, isOld }: { seen: Injected; isOld: boolean }) {
  if (kind === 'silent' || (kind === 'off' && silent > 0)) return <Chip tone="unknown">Not known</Chip>;
  if (kind === 'off') return <Chip tone="good" isOld={isOld}>{isOld ? 'quiet' : 'Quiet'}</Chip>;
  return <Chip tone="bad" isOld={isOld}>{isOld ? 'on' : 'Faults on'}</Chip>;
}
