import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import type { Faults } from '@/lib/api/faults';
import { injected, isSame } from '@/lib/faults-words';
import styles from './chaos.module.css';
import type { Wanted } from './confirm-faults';
import { PRESETS } from './presets';

/** Faults that are worth seeing, each with what to watch for. Every one replaces what is on. `maySwitch`: whoever looks may do that. */
export function PresetList({ faults, maySwitch, onWant }: { faults: Faults; maySwitch: boolean; onWant: (wanted: Wanted) => void }) {
  const seen = injected(faults.brains);
  return (
    <Card title="Faults to watch">
      <p className="muted small">Each replaces what is on now.</p>
      <ul className={styles.presets}>
        {PRESETS.map((preset) => {
          const isOn = seen.kind === 'on' && seen.settings !== null && isSame(seen.settings, preset.settings);
          return (
            <li key={preset.name}>
              <Button aria-pressed={isOn} disabled={!maySwitch} onClick={() => onWant(preset)}>
                {preset.name}
              </Button>
              <p className="small">{preset.watch}</p>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
