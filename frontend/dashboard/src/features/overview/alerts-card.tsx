'use client';

import Link from 'next/link';
import { memo } from 'react';
import { Chip } from '@/components/ui/chip';
import { alertsQuery, type Alert } from '@/lib/api/alerts';
import { count, timeOfDay } from '@/lib/format';
import type { PageState } from '@/lib/part';
import { usePolled } from '@/lib/polling';
import { alertInWords, deliveryInWords, grouped } from './alert-words';
import styles from './overview.module.css';
import { Panel } from './panel';

const SHOWN_MAX = 6;

/** What happened that somebody should know, newest first. */
export const AlertsCard = memo(function AlertsCard({ page }: { page: PageState }) {
  return (
    <Panel title="Alerts" query={usePolled(alertsQuery)} page={page} heightRem={12}>
      {(alerts, isOld) =>
        alerts.length === 0 ? (
          <p className="muted">Nothing has happened in the last 30 days.</p>
        ) : (
          <ul className={styles.alerts}>
            {grouped(alerts)
              .slice(0, SHOWN_MAX)
              .map(({ alert, more }) => (
                <Item key={alert.webhook_id} alert={alert} more={more} isOld={isOld} />
              ))}
          </ul>
        )
      }
    </Panel>
  );
});

function Item({ alert, more, isOld }: { alert: Alert; more: number; isOld: boolean }) {
  const { tone, word, sentence, address } = alertInWords(alert);
  const delivery = deliveryInWords(alert);
  return (
    <li>
      <span className={styles.alertHead}>
        {/* what happened does not become untrue: it loses only its colour */}
        <Chip tone={isOld ? 'unknown' : tone}>{word}</Chip>
        <time dateTime={alert.at} className="muted small figures">
          {timeOfDay(alert.at)}
        </time>
        {address && (
          <Link href={address} prefetch={false} className="small" aria-label={`Details: ${word}, ${timeOfDay(alert.at)}`}>
            Details
          </Link>
        )}
      </span>
      <p>
        {sentence}
        {more > 0 && ` ${count(more)} more before it.`}
      </p>
      {delivery && <p className="muted small">{delivery}</p>}
    </li>
  );
}
