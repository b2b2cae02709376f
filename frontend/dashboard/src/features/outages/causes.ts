import type { Outage } from '@/lib/api/outages';

interface Cause {
  /** For a table. */
  short: string;
  /** After "From ... to ...". */
  was: string;
  /** After "Since ...". */
  is: string;
}

const CAUSES: Record<string, Cause> = {
  SCORER_UNAVAILABLE: {
    short: 'Scorer away',
    was: 'the scorer could not be reached, or failed',
    is: 'the scorer cannot be reached, or fails',
  },
  SCORER_TIMEOUT: {
    short: 'Scorer too slow',
    was: 'the scorer did not answer in time',
    is: 'the scorer does not answer in time',
  },
  SCORER_INVALID_RESPONSE: {
    short: 'Impossible answers',
    was: 'the scorer gave answers that cannot be true',
    is: 'the scorer gives answers that cannot be true',
  },
  OVERLOADED: {
    short: 'Too much to score',
    was: 'more was to be scored than could be',
    is: 'more is to be scored than can be',
  },
  CANARY: {
    short: 'Brain unhealthy',
    was: 'every scorer that answered gave test payments wrong scores',
    is: 'every scorer that answers gives test payments wrong scores',
  },
  HISTORY_UNAVAILABLE: {
    short: 'History not read',
    was: 'the scorer could not read the history of payments',
    is: 'the scorer cannot read the history of payments',
  },
  LEDGER_UNAVAILABLE: {
    short: 'Ledger away',
    was: 'MongoDB did not answer, so the scorer could not read the history of payments',
    is: 'MongoDB does not answer, so the scorer cannot read the history of payments',
  },
  INJECTED_FAULTS: {
    short: 'Injected faults',
    was: 'faults were injected on purpose, and scores did not come',
    is: 'faults are injected on purpose, and scores do not come',
  },
  CIRCUIT_OPEN: { short: 'Circuit open', was: 'the scorer was not asked', is: 'the scorer is not asked' },
  EXPOSURE_CAP_REACHED: { short: 'Not known', was: 'no scores came', is: 'no scores come' },
  UNKNOWN: { short: 'Not known', was: 'no scores came, and why is not known', is: 'no scores come, and why is not known' },
} satisfies Record<Outage['cause'], Cause>;

/** Why scores did not come, or were not whole, by the code that the gateway gives. One that a newer gateway brings is named as it is. */
export function causeOf(code: string): Cause {
  const named = { short: code, was: `no scores came, because of ${code}`, is: `no scores come, because of ${code}` };
  return CAUSES[code] ?? named;
}
