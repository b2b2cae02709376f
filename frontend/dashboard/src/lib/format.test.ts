import { describe, expect, it } from 'vitest';
import { ago, amount, duration, latency, minorAmount, rate, score, shareOf, timeOfDay, when } from './format';

describe('figures', () => {
  it('says durations in two units at most', () => {
    expect([0, 59, 60, 200, 7_500, 90_000].map(duration)).toEqual(['0 s', '59 s', '1 min', '3 min 20 s', '2 h 5 min', '1 d 1 h']);
  });

  it('keeps every digit of an amount, beyond what a float can hold', () => {
    expect(amount('12345678901234567.89', 'USD')).toBe('12,345,678,901,234,567.89 USD');
    expect(amount('500', 'JPY')).toBe('500 JPY');
  });

  it('turns hundredths into an amount', () => {
    expect([5, 1250, -1250].map((minor) => minorAmount(minor, 'USD'))).toEqual(['0.05 USD', '12.50 USD', '-12.50 USD']);
  });

  it('never shows a missing score as zero', () => {
    expect(score(null)).toBe('not scored');
    expect(score(0)).toBe('0.0000');
  });

  it('says that nothing was measured', () => {
    expect([latency(null), latency(0.84), latency(12.4), latency(1_240)]).toEqual(['none', '0.8 ms', '12 ms', '1.24 s']);
  });

  it('shows rates with the digits that matter', () => {
    expect([rate(0), rate(12.42), rate(1240.4)]).toEqual(['0.0/s', '12.4/s', '1,240/s']);
  });

  it('never lies about the future when two clocks disagree', () => {
    expect(ago('2026-11-24T10:00:05Z', Date.parse('2026-11-24T10:00:00Z'))).toBe('now');
  });

  it('rounds no share to nothing or to all', () => {
    expect([[0, 9], [3, 1_000], [1, 2], [999, 1_000], [9, 9]].map(([part = 0, whole = 0]) => shareOf(part, whole))).toEqual([
      '0 %', 'under 1 %', '50 %', 'over 99 %', '100 %',
    ]);
  });

  it('says of which day a time is, unless it is of today', () => {
    const now = new Date(2026, 10, 25, 0, 0, 30);
    expect(when(now.getTime() - 10_000, now.getTime())).toBe(timeOfDay(now.getTime() - 10_000));
    expect(when(now.getTime() - 60_000, now.getTime())).toBe('24 Nov, 23:59:30');
    expect(when(new Date(2025, 10, 25).getTime(), now.getTime())).toBe('25 Nov 2025, 00:00:00');
  });
});
