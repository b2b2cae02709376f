'use client';

import { CopyButton } from '@/components/record/copy-button';
import { VerdictChip } from '@/components/record/verdict-chip';
import { Loading, NotAvailable, Notice } from '@/components/ui/notice';
import { transactionQuery } from '@/lib/api/transaction';
import { useConnection } from '@/lib/connection';
import { usePolled } from '@/lib/polling';
import { isUnknownId } from '@/lib/problem';
import { story } from '@/lib/record/timeline';
import styles from './detail.module.css';
import { EarlierScores } from './earlier-scores';
import { Facts } from './facts';
import { LabelForm } from './label-form';
import { Reasons } from './reasons';
import { RequestText } from './request-text';
import { ReviewPart } from './review-part';
import { Score } from './score';
import { Timeline } from './timeline';
import { scoresOf, weighed } from './weighed';

const HEIGHT_REM = 40;

/** All that is known of one transaction, and what a person may say of it. */
export function Detail({ transactionId }: { transactionId: string }) {
  const { data: record, error } = usePolled(transactionQuery(transactionId));
  const { isOld } = useConnection();
  if (!record) {
    if (isUnknownId(error)) return <Notice>No verdict stands for this id.</Notice>;
    return error ? <NotAvailable error={error} /> : <Loading heightRem={HEIGHT_REM} />;
  }
  return (
    <div className={styles.detail}>
      <div className={styles.top}>
        <VerdictChip record={record} isOld={isOld} />
        <CopyButton text={record.transaction_id} what="id" />
      </div>
      {story(record) && <p>{story(record)}</p>}
      {error && <NotAvailable error={error} />}
      <Score record={record} />
      <Reasons of={weighed(record)} />
      <EarlierScores scores={scoresOf(record).slice(1)} />
      <Facts record={record} />
      <Timeline record={record} />
      <ReviewPart record={record} />
      <LabelForm record={record} />
      <RequestText request={record.request} />
    </div>
  );
}
