import { Card } from '@/components/ui/card';
import styles from './chaos.module.css';

const WAYS: readonly [where: string, stop: string, start: string | null][] = [
  ['On one machine', './setup.sh stop brain', './setup.sh start brain'],
  ['With docker-compose', 'docker-compose stop brain', 'docker-compose start brain'],
  ['On Kubernetes', 'kubectl delete pod -l app.kubernetes.io/name=sentinel-brain', null],
];

/** How to stop a brain for good: from a shell, never from here. */
export function Killing() {
  return (
    <Card title="Stopping a brain">
      <p>This page ends no process. From a shell:</p>
      <dl className={styles.ways}>
        {WAYS.map(([where, stop, start]) => (
          <div key={where}>
            <dt>{where}</dt>
            <dd>
              <code>{stop}</code>
            </dd>
            <dd>{start === null ? 'New ones come by themselves.' : <code>{start}</code>}</dd>
          </div>
        ))}
      </dl>
      <p className="small">
        Watch for: the circuit opens within a second, verdicts are unscored and nothing fails; once a brain is back they are
        scored, and the outage has its report under Outages.
      </p>
    </Card>
  );
}
