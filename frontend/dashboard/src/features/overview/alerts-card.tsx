'use client';

import Link from 'next/link';
import { memo } from 'react';
import { Chip } from '@/components/ui/chip';
import { alertsQuery, type Alert } from '@/lib/api/alerts';
import { when } from '@/lib/format';
import { useNow } from '@/lib/now';
import type { PageState } from '@/lib/part';
import { usePolled } from '@/lib/polling';
import { alertInWords, deliveryInWords, moreInWords } from './alert-words';
import styles from './overview.module.css';
import { Panel } from './panel';

const MIN_MS = 60_000;

/** What happened that somebody should know, newest first. */
export const AlertsCard = memo(function AlertsCard({ page }: { page: PageState }) {
  const nowMs = useNow(MIN_MS);
  return (
    <Panel title="Alerts" query={usePolled(alertsQuery)} page={page} heightRem={12}>
      {(alerts, isOld) =>
        alerts.length === 0 ? (
          <p className="muted">Nothing has happened in the last 30 days.</p>
        ) : (
          <ul className={styles.alerts}>
            {alerts.map((alert) => (
              <Item key={alert.webhook_id} alert={alert} nowMs={nowMs} isOld={isOld} />
            ))}
          </ul>
        )
      }
    </Panel>
  );
});

function Item({ alert, nowMs, isOld }: { alert: Alert; nowMs: number; isOld: boolean }) {
  const at = when(alert.at, nowMs);
  const { tone, word, sentence, address } = alertInWords(alert);
  const delivery = deliveryInWords(alert);
  return (
    <li>
      <span className={styles.alertHead}>
        {/* what happened does not become untrue: it loses only its colour */}
        <Chip tone={isOld ? 'unknown' : tone}>{word}</Chip>
        <time dateTime={alert.at} className="muted small figures">
          {at}
        </time>
        {address && (
          <Link href={address} prefetch={false} className="small" aria-label={`Details: ${word}, ${at}`}>
            Details
          </Link>
        )}
      </span>
      <p>{[sentence, moreInWords(alert)].join(' ').trim()}</p>
      {delivery && <p className="muted small">{delivery}</p>}
    </li>
  );
}
