import type { Outage } from '@/lib/api/outages';

/** Outages for tests. */

export const FIGURES: NonNullable<Outage['figures']> = {
  blind: 412,
  suspect: 0,
  degraded: 0,
  approved: 398,
  unpriced: 0,
  rescored: 412,
  flipped: 12,
  unscorable: 0,
  open: 0,
  amount_exposed: '12345.67',
  amount_flipped: '900.00',
  currency: 'USD',
};

export function anOutage(changes: Partial<Outage> = {}): Outage {
  return {
    outage_id: '6b0646d69b718f13f2660790',
    cause: 'SCORER_UNAVAILABLE',
    from: '2026-11-24T10:00:01.000Z',
    to: '2026-11-24T10:00:31.000Z',
    is_open: false,
    is_settled: true,
    instances: ['gateway-1'],
    figures: FIGURES,
    ...changes,
  };
}
