import { describe, expect, it } from 'vitest';
import { ApiProblem, Unreachable } from '@/lib/api/client';
import { toPart } from './part';

const live = { connection: 'live', isOld: false, sinceMs: 1_000 } as const;
const away = { connection: 'unreachable', isOld: true, sinceMs: 1_000 } as const;
const refused = new ApiProblem(503, 'LEDGER_UNAVAILABLE', 'Ledger unavailable', '');
const silence = new Unreachable('No answer within 4 s.');
const query = { data: 7 as number | undefined, error: null as Error | null, dataUpdatedAt: 10_000, errorUpdatedAt: 0 };

describe('a part of the page', () => {
  it('shows its figures, old ones as old', () => {
    expect(toPart(query, live)).toEqual({ kind: 'shown', data: 7, isOld: false, error: null });
    expect(toPart(query, away)).toMatchObject({ kind: 'shown', isOld: true });
  });

  it('waits in silence for its first answer, and says that nothing is known where none can come', () => {
    const waiting = { ...query, data: undefined };
    expect(toPart(waiting, { connection: 'connecting', isOld: false, sinceMs: 0 }).kind).toBe('loading');
    expect(toPart(waiting, away).kind).toBe('unknown');
    expect(toPart({ ...waiting, error: silence }, away).kind).toBe('unknown');
  });

  it('fails alone, with the answer it got, and keeps what it had', () => {
    expect(toPart({ ...query, data: undefined, error: refused }, live)).toEqual({ kind: 'failed', error: refused });
    expect(toPart({ ...query, error: refused, errorUpdatedAt: 11_000 }, live)).toEqual({ kind: 'shown', data: 7, isOld: true, error: refused });
  });

  it('leaves it to the banner to say that the whole gateway is away', () => {
    expect(toPart({ ...query, error: silence, errorUpdatedAt: 60_000 }, away)).toMatchObject({ kind: 'shown', error: null });
  });

  it('gives silence a few seconds before it calls it a failure of its own: the banner may be about to come', () => {
    expect(toPart({ ...query, error: silence, errorUpdatedAt: 12_000 }, live)).toMatchObject({ error: null, isOld: false });
    expect(toPart({ ...query, error: silence, errorUpdatedAt: 16_000 }, live)).toMatchObject({ error: silence, isOld: true });
  });

  it('is not called failed for what it missed while the gateway was away, once that is back', () => {
    const missed = { ...query, error: silence, errorUpdatedAt: 58_000 };
    expect(toPart(missed, { ...live, sinceMs: 59_000 })).toMatchObject({ error: null });
    expect(toPart({ ...missed, errorUpdatedAt: 65_000 }, { ...live, sinceMs: 59_000 })).toMatchObject({ error: silence });
  });
});
