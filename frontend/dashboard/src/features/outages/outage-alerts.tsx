import { Card } from '@/components/ui/card';
import { Notice } from '@/components/ui/notice';
import { Part } from '@/components/ui/part';
import { outageAlertsQuery, type OutageAlert } from '@/lib/api/outage-alerts';
import { dayAndTime } from '@/lib/format';
import { usePolled } from '@/lib/polling';
import styles from './outages.module.css';

const KINDS: Partial<Record<OutageAlert['kind'], string>> = {
  'outage.started': 'The outage began',
  'outage.ended': 'The outage is over and settled',
  'scorer.blind': 'No score has come for a while',
};
const STATES: Record<string, string> = {
  pending: 'on its way',
  delivered: 'delivered',
  dead: 'given up',
  unsent: 'not sent: no receiver is set',
} satisfies Record<OutageAlert['state'], string>;

/** Whom this outage was told to. */
export function OutageAlerts({ id }: { id: string }) {
  return (
    <Part title="Alerts" query={usePolled(outageAlertsQuery(id))} heightRem={8}>
      {({ alerts }, isOld) => (
        <Card title="Alerts" isOld={isOld}>
          <Lines alerts={alerts} />
        </Card>
      )}
    </Part>
  );
}

function Lines({ alerts }: { alerts: readonly OutageAlert[] }) {
  if (alerts.length === 0) return <Notice>No alert of this outage is kept: they are for 30 days.</Notice>;
  return (
    <ul className={styles.alerts}>
      {alerts.map((alert) => (
        <li key={alert.webhook_id}>
          <span className="figures">{dayAndTime(alert.at)}</span>: {KINDS[alert.kind] ?? alert.kind}{' '}
          <span className="muted">({STATES[alert.state] ?? alert.state})</span>
        </li>
      ))}
    </ul>
  );
}
