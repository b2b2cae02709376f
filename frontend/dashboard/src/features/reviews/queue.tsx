'use client';

import { useQuery } from '@tanstack/react-query';
import { useRef, useState, type FocusEvent } from 'react';
import { FreshButton } from '@/components/record/fresh-button';
import { Paging } from '@/components/ui/paging';
import { referenceCurrencyQuery } from '@/lib/api/reference-currency';
import type { ReviewDecision } from '@/lib/api/review-decision';
import { useConnection } from '@/lib/connection';
import { useNow } from '@/lib/now';
import { pageSteps } from '@/lib/paging';
import { useHolders } from '@/lib/still/use-holders';
import { useStill } from '@/lib/still/use-still';
import { DecideWindow } from './decide-window';
import { Item, type StepKind } from './item';
import type { Act } from './keys';
import { QueueState } from './queue-state';
import styles from './reviews.module.css';
import { UndoBar } from './undo-bar';
import { useDecider } from './use-decider';
import { focusItem, useKeepPlace } from './use-keep-place';
import { useKeys } from './use-keys';
import { useQueue, type Part } from './use-queue';
import { useSteps, type Step } from './use-steps';
import { useTaken } from './use-taken';
import { useUndo } from './use-undo';
import { neighbour, refusal, type Waiting } from './waiting';

const NOW_MS = 10_000; // how often "since 4 min ago" is told anew
const PAGE_WORDS = { first: 'Most at stake', back: 'More at stake', on: 'Less at stake' };
const NONE: readonly Waiting[] = [];
const idOf = ({ transaction_id: id }: Waiting) => id;

/** One part of the queue, for mouse and keys. */
export function Queue({
  part,
  params,
  areKeysOn,
  onHelp,
}: {
  part: Part;
  params: URLSearchParams;
  areKeysOn: boolean;
  onHelp: () => void;
}) {
  const list = useRef<HTMLElement>(null);
  const nowMs = useNow(NOW_MS);
  const { isOld } = useConnection();
  const currency = useQuery(referenceCurrencyQuery).data;
  const { me, no } = useDecider();
  const queue = useQueue(part, nowMs);
  const undo = useUndo();
  const [deciding, setDeciding] = useState<{ record: Waiting; decision: ReviewDecision } | null>(null);
  const { isHeld, handlers } = useHolders(deciding !== null || params.has('tx'));
  const newest = queue.records ?? NONE;
  const name = `${part.state} ${part.cursor} ${part.id}`;
  const of = queue.records && !queue.isBusy ? name : undefined;
  const { shown, fresh, gone, ...still } = useStill(newest, idOf, { isHeld, of });
  const taken = useTaken(shown.map(idOf).filter((id) => gone.has(id)));
  const records = shown.map((record) => (gone.has(idOf(record)) && taken.get(idOf(record))) || record);
  const ids = records.map(idOf);
  const place = useKeepPlace(list, ids, name);

  const done = async ({ kind }: Step, record: Waiting) => {
    const id = idOf(record);
    if (kind === 'claim') return queue.keep(record);
    if (kind === 'release') return queue.letGo(id);
    if (kind === 'undo') {
      undo.remove(id);
      await (record.review.state === 'claimed' ? queue.keep(record) : queue.letGo(id));
      still.renew();
      return place.goTo(id);
    }
    undo.add(record);
    place.goTo(neighbour(ids, gone, id));
    still.remove(id);
    return queue.remove(id);
  };
  const steps = useSteps({ onDone: done, onRefused: queue.renew });

  const step = (kind: StepKind, record: Waiting) => {
    steps.forget();
    const why = no ?? refusal(kind, record, me) ?? (gone.has(idOf(record)) ? `${idOf(record)} has left this list.` : null);
    if (why) return steps.say(why);
    if (kind === 'approve' || kind === 'block') return setDeciding({ record, decision: kind });
    steps.take({ kind, record });
  };
  const takeBack = ({ record }: { record: Waiting }) => steps.take({ kind: 'undo', record });
  const act = (wanted: Act) => {
    if (wanted.is === 'help') return onHelp();
    if (wanted.is === 'none') return steps.say('Choose a review first: j goes to the first one.');
    if (wanted.is === 'undo') return undo.offered[0] ? takeBack(undo.offered[0]) : steps.say('There is nothing to undo.');
    if (wanted.is === 'move') return focusItem(list.current, ids[wanted.to]);
    const record = records[wanted.at];
    if (record) step(wanted.is, record);
  };
  useKeys(areKeysOn, () => ({ at: place.at(), count: ids.length }), act);

  return (
    <>
      <section
        ref={list}
        aria-label="Queue"
        aria-busy={queue.isBusy}
        tabIndex={-1}
        className={styles.queue}
        onPointerEnter={handlers.onPointerEnter}
        onPointerLeave={handlers.onPointerLeave}
        onFocus={(event: FocusEvent) => [handlers, place].forEach(({ onFocus }) => onFocus(event))}
        onBlur={(event: FocusEvent) => [handlers, place].forEach(({ onBlur }) => onBlur(event))}
      >
        <p role="status" className={styles.said}>
          {steps.said}
        </p>
        <div className={styles.line}>
          <QueueState part={part} queue={{ ...queue, records: queue.records && records }} />
          <FreshButton
            fresh={fresh}
            onShow={() => {
              still.renew();
              list.current?.focus(); // the button goes
            }}
          />
        </div>
        {/* another list is another element: no focus goes over to an item of it */}
        <ul key={name} className={styles.list}>
          {/* by place, not by id: where nobody is, a new one changes texts and moves nothing */}
          {records.map((record, at) => (
            <Item
              key={at}
              record={record}
              me={me}
              currency={currency}
              nowMs={nowMs}
              isOld={isOld}
              isGone={gone.has(idOf(record))}
              isRefused={no !== null}
              failure={steps.failureOf(idOf(record))}
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
      <UndoBar undo={undo} isBusy={steps.isBusy} onUndo={takeBack} />
      {deciding && (
        <DecideWindow
          {...deciding}
          isBusy={steps.isBusy}
          isSent={steps.isDeciding(idOf(deciding.record))}
          failure={steps.failureOf(idOf(deciding.record))}
          onConfirm={(note) => steps.take({ kind: deciding.decision, record: deciding.record, note }, () => setDeciding(null))}
          onCancel={() => setDeciding(null)}
        />
      )}
    </>
  );
}
