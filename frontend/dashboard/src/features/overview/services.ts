import type { Tone } from '@/components/ui/chip';
import type { CircuitStatus } from '@/lib/api/circuit';
import type { Health } from '@/lib/api/health';
import type { LedgerStatus } from '@/lib/api/ledger';
import type { Traffic } from '@/lib/api/stats';
import { count, latency, when } from '@/lib/format';
import type { PageState } from '@/lib/part';
import { conditionsOf, toneOf, type Health as Status } from '@/lib/status-words';

export interface Service {
  name: string;
  tone: Tone;
  word: string;
  detail: string;
}

const WITHOUT_HISTORY: readonly string[] = ['DEGRADED_VERDICTS', 'HISTORY_UNAVAILABLE'];
const NOT_KNOWN = { tone: 'unknown', word: 'Not known', detail: 'no answer about it' } as const;

/** Pure: gateway, brains and ledger in the words of an operator, at `nowMs`. What no answer is there for is not known; the rest is. */
export function toServices(
  page: PageState,
  said: {
    health: Health | undefined;
    circuit: CircuitStatus | undefined;
    ledger: LedgerStatus | undefined;
    traffic: Traffic | undefined;
  },
  nowMs: number,
): Service[] {
  const brains = said.circuit?.brains.map((one) => brain(one, said.circuit?.health)) ?? [{ name: 'Brain', ...NOT_KNOWN }];
  return [gateway(page, said.circuit?.health, said.traffic), ...brains, ledger(said.ledger, said.health, nowMs)];
}

function gateway(page: PageState, health: Status | undefined, traffic: Traffic | undefined): Service {
  const name = 'Gateway';
  if (page.connection === 'unreachable') return { name, tone: 'bad', word: 'Down', detail: 'it does not answer' };
  if (!health) return { name, ...NOT_KNOWN };
  const tone = toneOf(health);
  const detail = conditionsOf(health).map(({ message }) => message).join(' ');
  if (tone !== 'good') return { name, tone: tone === 'bad' ? 'warn' : tone, word: tone === 'notice' ? 'Up' : 'Degraded', detail };
  const p50 = traffic?.last_10s.latency_ms?.p50;
  return { name, tone: 'good', word: 'Up', detail: p50 === undefined ? 'nothing asked lately' : `answers in ${latency(p50)} (p50 of the last 10 s)` };
}

function brain(one: CircuitStatus['brains'][number], health: Status | undefined): Service {
  const name = `Brain ${one.address}`;
  if (one.reach === 'unreachable') return { name, tone: 'bad', word: 'Down', detail: 'no connection' };
  if (one.reach === 'connecting') return { name, tone: 'warn', word: 'Connecting', detail: 'not connected yet' };
  if (one.reach !== 'live') return { name, tone: 'unknown', word: 'Not known', detail: `this page does not know “${String(one.reach)}”` };
  if (one.is_distrusted) return { name, tone: 'warn', word: 'Degraded', detail: 'not asked: it cannot tell a risky payment from a clean one' };
  if (one.is_suspect) return { name, tone: 'warn', word: 'Degraded', detail: `silent or failing; ${count(one.waiting)} wait for it` };
  // which of several brains it is, nobody says
  const isBlinkered = conditionsOf(health).some(({ code }) => WITHOUT_HISTORY.includes(code));
  const detail = `${count(one.answered)} scores given, ${count(one.waiting)} waiting`;
  if (isBlinkered) return { name, tone: 'warn', word: 'Degraded', detail: `${detail}; history is not read` };
  return { name, tone: 'good', word: 'Up', detail };
}

function ledger(status: LedgerStatus | undefined, health: Health | undefined, nowMs: number): Service {
  const name = 'Ledger';
  if (!status) return { name, ...NOT_KNOWN };
  const since = health && health.services.ledger.status === status.status ? `since ${when(health.services.ledger.since, nowMs)}` : '';
  if (status.status === 'down') return { name, tone: 'bad', word: 'Down', detail: since || 'MongoDB does not answer' };
  if (!status.journal.available) return { name, tone: 'warn', word: 'Degraded', detail: 'the journal takes nothing: no verdict could wait in it' };
  if (status.lost > 0) return { name, tone: 'bad', word: 'Lost', detail: `${count(status.lost)} verdicts that were given are in no record: a journal was damaged` };
  return { name, tone: 'good', word: 'Up', detail: since };
}
