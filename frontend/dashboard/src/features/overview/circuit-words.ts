import type { CircuitStatus } from '@/lib/api/circuit';
import { afterColon, CIRCUIT_STATES, scoring } from '@/lib/circuit-words';
import { when } from '@/lib/format';
import { blindReason } from '@/lib/record/words';
import { scoringTrouble } from '@/lib/status-words';
import type { Tone } from '@/lib/tone';
import type { History } from './histories';

/**
 * "Requests are sent to a brain."; what a closed circuit does not say, where that costs scores: "Scores are made without
 * history."; where only some gateways are in the worst state: "Open on 1 of 3 gateways: their ...".
 */
export function meaning(circuit: CircuitStatus, isOld: boolean): string {
  const { word, where, sentence, before } = scoring(circuit);
  const trouble = circuit.fleet_state === 'closed' ? scoringTrouble(circuit.health) : undefined;
  if (trouble && !isOld) return `${trouble.title}.`;
  const said = isOld ? before : sentence;
  return where ? `${word}${where}: ${afterColon(said)}` : said;
}

/** The colour of its state: a closed circuit is green only while whole scores come through it. */
export function circuitTone(circuit: CircuitStatus): Tone {
  const { tone } = scoring(circuit);
  return circuit.fleet_state === 'closed' && scoringTrouble(circuit.health) ? 'warn' : tone;
}

/** "2 of 3"; "4, 3 open it" where trials failed as well; of several gateways, the one that is nearest to opening: "2 of 3, gateway:1". */
export function failuresInWords({ failures, fail_max, instances }: CircuitStatus): string {
  const said = (n: number) => (n > fail_max ? `${n}, ${fail_max} open it` : `${n} of ${fail_max}`);
  if (instances.length <= 1) return said(failures);
  const most = instances.reduce((one, other) => (other.failures > one.failures ? other : one));
  return `${said(most.failures)}${most.failures > 0 ? `, ${most.instance}` : ''}`;
}

/** Why a score failed last, and when; of several gateways also whose: each tells only its own. */
export function lastFailure(histories: readonly History[], nowMs: number): string {
  const told = histories.flatMap(({ instance, lastFailure: last }) => (last ? [{ instance, ...last, atMs: Date.parse(last.at) }] : []));
  const [newest] = told.sort((one, other) => other.atMs - one.atMs);
  if (!newest) return 'none';
  return `${blindReason(newest.reason_code)}, ${when(newest.at, nowMs)}${histories.length > 1 ? `, ${newest.instance}` : ''}`;
}

const HEARD_LATELY_MS = 10_000; // after that, a gateway may have tried and failed again

/** Of the gateways whose circuit is not closed now, the one that tries next, or does; null where none told lately when. */
export function nextToTry(histories: readonly History[], instances: CircuitStatus['instances']): History | null {
  const open = new Set(instances.filter(({ state }) => state !== 'closed').map(({ instance }) => instance));
  const newestMs = Math.max(...histories.map(({ heardMs }) => heardMs));
  const waiting = histories.filter(
    ({ instance, state, heardMs }) => state !== 'closed' && open.has(instance) && newestMs - heardMs <= HEARD_LATELY_MS,
  );
  return waiting.sort((one, other) => one.triesAtMs - other.triesAtMs)[0] ?? null;
}

/** "1 gateway, closed", "3 gateways: 2 closed, 1 open". */
export function gatewaysInWords(instances: CircuitStatus['instances']): string {
  const states = CIRCUIT_STATES.flatMap((state) => {
    const n = instances.filter((instance) => instance.state === state).length;
    return n ? [`${n} ${state}`] : [];
  });
  if (instances.length === 1) return `1 gateway, ${instances[0]?.state}`;
  return `${instances.length} gateways: ${states.join(', ')}`;
}

/** "1 of 2 answer"; "none known" where no brain was ever heard of. */
export function brainsInWords(brains: CircuitStatus['brains']): string {
  if (brains.length === 0) return 'none known';
  const well = brains.filter((brain) => brain.reach === 'live' && !brain.is_suspect && !brain.is_distrusted).length;
  return `${well} of ${brains.length} ${well === 1 ? 'answers' : 'answer'}`;
}

/** What is next, for an open circuit or a half-open one; `leftMs`: until a trial may be made. */
export function nextAttempt(leftMs: number, brain: History['brain']): string {
  const left = Math.ceil(leftMs / 1_000);
  return left > 0 ? `Next attempt in ${left} s.` : DUE[brain];
}

const DUE: Record<History['brain'], string> = {
  ready: 'One trial request decides now whether scoring resumes.',
  distrusted: 'No brain that answers passes its canaries: the next attempt waits for one.',
  away: 'No brain is reachable: the next attempt waits for one.',
};

