import { afterEach, describe, expect, it } from 'vitest';
import { toAddressTime, toFieldTime, zoneName } from './local-time';

const zone = process.env.TZ;

describe('times of the fields', () => {
  afterEach(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });

  it('are on the clock of the reader, and in UTC in the address', () => {
    process.env.TZ = 'Asia/Kolkata';
    expect(toFieldTime('2026-11-24T10:00:00Z')).toBe('2026-11-24T15:30:00');
    expect(toAddressTime('2026-11-24T15:30')).toBe('2026-11-24T10:00:00Z');
    expect(zoneName(new Date('2026-11-24T10:00:00Z'))).toBe('UTC+05:30');
  });

  it('name a zone west of Greenwich rightly', () => {
    process.env.TZ = 'America/St_Johns';
    expect(zoneName(new Date('2026-11-24T10:00:00Z'))).toBe('UTC-03:30');
  });

  it('are empty for what is no time', () => {
    expect([toFieldTime('yesterday'), toAddressTime('')]).toEqual(['', '']);
  });
});
