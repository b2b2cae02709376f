import type { ReactNode } from 'react';
import { Chip } from '@/components/ui/chip';
import type { TransactionRecord } from '@/lib/api/transactions';
import { amount, dayAndTime, latency, score } from '@/lib/format';
import { toldFacts } from '@/lib/record/told';
import { circuitWords, decisionWord, degradedWords, sourceWords } from '@/lib/record/words';
import styles from './detail.module.css';

/** What stands in the record beside score and reasons. */
export function Facts({ record }: { record: TransactionRecord }) {
  const { model, shadow } = record;
  const degraded = degradedWords(record.degraded);
  return (
    <section aria-label="Facts">
      <dl className={styles.facts}>
        <Fact name="Amount">{amount(record.amount, record.currency)}</Fact>
        <Fact name="User">
          <span className="mono">{record.user_id}</span>
        </Fact>
        <Fact name="Merchant">{record.merchant_id ? <span className="mono">{record.merchant_id}</span> : 'none'}</Fact>
        {toldFacts(record.request).map(([name, text]) => (
          <Fact key={name} name={name}>
            {text}
          </Fact>
        ))}
        <Fact name="Paid">{dayAndTime(record.event_time)}</Fact>
        <Fact name="Decided">
          {dayAndTime(record.created_at)}, by {sourceWords(record.decision_source)}
        </Fact>
        <Fact name="Took">{latency(record.latency_ms)}</Fact>
        <Fact name="Model">{model ? `${model.name} ${model.version}` : 'none: no score'}</Fact>
        {degraded && <Fact name="Decided without">{degraded}</Fact>}
        {shadow && (
          <Fact name="Shadow model">
            {shadow.model.name} {shadow.model.version}: {score(shadow.risk_score)}, {decisionWord(shadow.decision).toLowerCase()}
          </Fact>
        )}
        <Fact name="Circuit then">{circuitWords(record.circuit_state)}</Fact>
        <Fact name="Ledger">
          {record.ledger_status === 'committed' ? 'Committed' : <Pending />}
        </Fact>
        <Fact name="Trace">
          <span className="mono">{record.trace_id}</span>
        </Fact>
      </dl>
    </section>
  );
}

function Pending() {
  return (
    <>
      <Chip tone="warn">Pending</Chip> on the disk of its gateway
    </>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
