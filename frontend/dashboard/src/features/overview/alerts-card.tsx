'use client';

import Link from 'next/link';
import { memo } from 'react';
import { Chip } from '@/components/ui/chip';
import { ALERTS_MAX, alertsQuery } from '@/lib/api/alerts';
import { when } from '@/lib/format';
import { useNow } from '@/lib/now';
import type { PageState } from '@/lib/part';
import { usePolled } from '@/lib/polling';
import { alertInWords, deliveryInWords, grouped, moreInWords, type AlertItem } from './alert-words';
import styles from './overview.module.css';
import { Panel } from './panel';

const SHOWN_MAX = 6;
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
            {grouped(alerts, ALERTS_MAX)
              .slice(0, SHOWN_MAX)
              .map((item) => (
                <Item key={item.alert.webhook_id} item={item} nowMs={nowMs} isOld={isOld} />
              ))}
          </ul>
        )
      }
    </Panel>
  );
});

function Item({ item, nowMs, isOld }: { item: AlertItem; nowMs: number; isOld: boolean }) {
  const { alert } = item;
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
      <p>{[sentence, moreInWords(item)].join(' ').trim()}</p>
      {delivery && <p className="muted small">{delivery}</p>}
    </li>
  );
}
