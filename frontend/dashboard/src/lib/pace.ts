/**
 * How often each kind of answer is asked for, in milliseconds. What an operator has to see within 2 s is asked for every
 * 1.75 s or sooner. One open tab costs the gateway less than 3 requests/s; the dearest page is the overview:
 *
 *   circuit 1.00 + ledger 0.71 + newest records 0.57 + figures 0.33 + alerts, health 0.20 + faults 0.07
 *   = 2.88 requests/s, faults 0.03 where they may not be switched; and who asks 0.03
 *
 * A change of circuit or ledger makes alerts and health be asked for a second later, at most every 7.5 s: if something
 * changed all the time, that would be 0.07 requests/s more, 2.98 in all. Opening a page, resuming updates
 * and the end of an outage ask once for all that is shown.
 */
export const PACE_MS = {
  circuit: 1_000,
  ledger: 1_400,
  records: 1_750,
  figures: 3_000,
  surroundings: 5_000,
  seldom: 10_000,
  drills: 15_000,
  fixed: 30_000,
} as const;
