'use client';

import { useQuery } from '@tanstack/react-query';
import { useRef, useState, type KeyboardEvent } from 'react';
import { Paging } from '@/components/ui/paging';
import { referenceCurrencyQuery } from '@/lib/api/reference-currency';
import type { ReviewDecision } from '@/lib/api/review-decision';
import { useConnection } from '@/lib/connection';
import { useNow } from '@/lib/now';
import { pageSteps } from '@/lib/paging';
import { DecideWindow } from './decide-window';
import { Item, type StepKind } from './item';
import { toAct } from './keys';
import { useMyName } from './my-name';
import { QueueState } from './queue-state';
import styles from './reviews.module.css';
import { focusItem, useKeepPlace } from './use-keep-place';
import { useQueue, type Part } from './use-queue';
import { useSteps } from './use-steps';
import { refusal, type Waiting } from './waiting';

const NOW_MS = 10_000; // how often "since 4 min ago" is told anew
const PAGE_WORDS = { first: 'Most at stake', back: 'More at stake', on: 'Less at stake' };

/** One part of the queue, for mouse and keys. `onNameless`: a step was wanted of somebody who has not said who they are. */
export function Queue({
  part,
  params,
  areKeysOn,
  onHelp,
  onNameless,
}: {
  part: Part;
  params: URLSearchParams;
  areKeysOn: boolean;
  onHelp: () => void;
  onNameless: () => void;
}) {
  const list = useRef<HTMLElement>(null);
  const nowMs = useNow(NOW_MS);
  const { isOld } = useConnection();
  const currency = useQuery(referenceCurrencyQuery).data;
  const me = useMyName();
  const queue = useQueue(part, nowMs);
  const [deciding, setDeciding] = useState<{ record: Waiting; decision: ReviewDecision } | null>(null);
  const steps = useSteps(me.name, {
    onDone: ({ kind }, record) => {
      if (kind === 'claim') return queue.keep(record);
      return kind === 'release' ? queue.letGo(record.transaction_id) : queue.remove(record.transaction_id);
    },
    onRefused: queue.renew,
  });
  const records = queue.records ?? [];
  const ids = records.map((record) => record.transaction_id);
  const place = useKeepPlace(list, ids);

  const step = (kind: StepKind, record: Waiting) => {
    if (!me.isGood) return onNameless();
    steps.forget();
    const no = refusal(kind, record, me.name);
    if (no) return steps.say(no);
    if (kind === 'approve' || kind === 'block') return setDeciding({ record, decision: kind });
    steps.take({ kind, record });
  };
  const press = (event: KeyboardEvent<HTMLElement>) => {
    if (!areKeysOn) return;
    const isTyping = (event.target as HTMLElement).matches('input, select, textarea, [contenteditable]');
    const hasModifier = event.ctrlKey || event.metaKey || event.altKey;
    const act = toAct({ key: event.key, hasModifier, isTyping }, { at: place.at(), count: ids.length });
    if (!act) return;
    event.preventDefault();
    if (act.is === 'help') return onHelp();
    if (act.is === 'move') return focusItem(list.current, ids[act.to]);
    const record = records[act.at];
    if (record) step(act.is, record);
  };

  return (
    <>
      <section
        ref={list}
        aria-label="Queue"
        aria-busy={queue.isBusy}
        tabIndex={-1}
        className={styles.queue}
        onKeyDown={press}
        onFocus={place.onFocus}
        onBlur={place.onBlur}
      >
        <p role="status" className={styles.said}>
          {steps.said}
        </p>
        <QueueState part={part} queue={queue} />
        <ul className={styles.list}>
          {records.map((record) => (
            <Item
              key={record.transaction_id}
              record={record}
              me={me.name}
              currency={currency}
              nowMs={nowMs}
              isOld={isOld}
              failure={steps.failureOf(record.transaction_id)}
              onStep={(kind) => step(kind, record)}
            />
          ))}
        </ul>
        {part.id === null && records.length > 0 && (
          <Paging
            name="Pages"
            words={PAGE_WORDS}
            steps={pageSteps(params, `reviews ${part.state}`, queue.nextCursor)}
            onStep={() => list.current?.focus()}
          />
        )}
      </section>
      {deciding && (
        <DecideWindow
          {...deciding}
          isBusy={steps.isBusy}
          isSent={steps.isDeciding(deciding.record.transaction_id)}
          failure={steps.failureOf(deciding.record.transaction_id)}
          onConfirm={(note) => steps.take({ kind: deciding.decision, record: deciding.record, note }, () => setDeciding(null))}
          onCancel={() => setDeciding(null)}
        />
      )}
    </>
  );
}
