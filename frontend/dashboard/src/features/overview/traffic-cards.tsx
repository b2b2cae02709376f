'use client';

import { memo } from 'react';
import { Chip } from '@/components/ui/chip';
import { trafficQuery, type Traffic } from '@/lib/api/stats';
import { latency, rate, shareOf } from '@/lib/format';
import type { PageState } from '@/lib/part';
import { usePolled } from '@/lib/polling';
import { Facts, Figures } from './facts';
import { Panel } from './panel';

const HEIGHT_REM = 14;

/** How much is decided, and how much of it without a score, or by one that was made without history. */
export const VerdictsCard = memo(function VerdictsCard({ page }: { page: PageState }) {
  return (
    <Panel title="Verdicts" query={usePolled(trafficQuery)} page={page} heightRem={HEIGHT_REM} aside={(traffic, isOld) => <Lack traffic={traffic} isOld={isOld} />}>
      {(traffic, isOld) => {
        const { approve, review, block, blind, failed, degraded } = traffic.last_10s.per_s;
        return (
          <>
            <Figures
              figures={[
                { name: 'Scored', value: rate(approve + review + block) },
                { name: 'Unscored', value: rate(blind), tone: blind > 0 && !isOld ? 'blind' : undefined },
              ]}
            />
            <Facts
              facts={[
                ['Approve', rate(approve)],
                ['Review', rate(review)],
                ['Block', rate(block)],
                ['Without history', rate(degraded)],
                ['Failed', rate(failed)],
                ['Measured', 'over the last 10 s'],
                ['Gateways', gateways(traffic)],
              ]}
            />
          </>
        );
      }}
    </Panel>
  );
});

function Lack({ traffic, isOld }: { traffic: Traffic; isOld: boolean }) {
  const { approve, review, block, blind, degraded } = traffic.last_10s.per_s;
  const scored = approve + review + block;
  if (blind > 0) {
    return (
      <Chip tone="blind" isOld={isOld}>
        {shareOf(blind, scored + blind)} unscored
      </Chip>
    );
  }
  if (degraded === 0 || isOld) return null;
  return (
    <Chip tone="warn">
      {shareOf(degraded, scored)} no history
    </Chip>
  );
}

/** How fast the gateway answers, the ledger's write included. */
export const LatencyCard = memo(function LatencyCard({ page }: { page: PageState }) {
  return (
    <Panel title="Latency" query={usePolled(trafficQuery)} page={page} heightRem={HEIGHT_REM}>
      {(traffic) => (
        <>
          <Figures figures={[{ name: 'p50', value: latency(traffic.last_10s.latency_ms?.p50) }]} />
          <Facts
            facts={[
              ['p95', latency(traffic.last_10s.latency_ms?.p95)],
              ['p99', latency(traffic.last_10s.latency_ms?.p99)],
              ['Measured', 'over the last 10 s'],
              ['Gateways', gateways(traffic)],
            ]}
          />
        </>
      )}
    </Panel>
  );
});

/** "3"; while the ledger is away, and others' figures with it: "1; others not known". */
function gateways({ instances, is_whole }: Traffic): string {
  return is_whole ? String(instances) : `${instances}; others not known`;
}
