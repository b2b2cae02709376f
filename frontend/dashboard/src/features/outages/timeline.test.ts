import { describe, expect, it } from 'vitest';
import { anOutage } from '@/testing/outages';
import { summarize, toBars } from './timeline';

const NOW_MS = Date.parse('2026-11-24T12:00:00Z');
const at = (hoursAgo: number) => new Date(NOW_MS - hoursAgo * 3_600_000).toISOString();
const between = (from: number, to: number | null) => anOutage({ from: at(from), to: to === null ? null : at(to) });

describe('the strip', () => {
  it('puts an outage where it was', () => {
    const [bar] = toBars([between(12, 6)], '24h', NOW_MS);

    expect(bar).toMatchObject({ start: 0.5, width: 0.25, isOpen: false });
  });

  it('draws what lasts up to now', () => {
    const [bar] = toBars([between(6, null)], '24h', NOW_MS);

    expect(bar).toMatchObject({ start: 0.75, width: 0.25, isOpen: true });
  });

  it('cuts what began before it, and leaves out what was over by then', () => {
    const bars = toBars([between(30, 18), between(30, 25)], '24h', NOW_MS);

    expect(bars).toHaveLength(1);
    expect(bars[0]).toMatchObject({ start: 0, width: 0.25 });
  });

  it('shows a week when asked to', () => {
    expect(toBars([between(84, 42)], '7d', NOW_MS)[0]).toMatchObject({ start: 0.5, width: 0.25 });
  });

  it('keeps what a clock ahead of ours wrote inside', () => {
    expect(toBars([between(-1, -2)], '24h', NOW_MS)[0]).toMatchObject({ start: 1, width: 0 });
  });
});

describe('its words', () => {
  it('say that there was nothing', () => {
    expect(summarize([between(30, 25)], '24h', NOW_MS)).toBe('No outage in the last 24 hours.');
  });

  it('count outages and add up their time', () => {
    expect(summarize([between(3, 2.5), between(20, 19)], '24h', NOW_MS)).toBe(
      '2 outages in the last 24 hours, 1 h 30 min altogether (6.3 % of the time).',
    );
  });

  it('do not round a short one away', () => {
    expect(summarize([between(3, 3 - 30 / 3600)], '24h', NOW_MS)).toBe(
      '1 outage in the last 24 hours, 30 s altogether (0.035 % of the time).',
    );
  });

  it('say that one is still open', () => {
    expect(summarize([between(1, null)], '7d', NOW_MS)).toContain('One is still open.');
  });
});
