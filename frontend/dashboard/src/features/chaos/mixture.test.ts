import { describe, expect, it } from 'vitest';
import { BLANK, readMixture, toMixture } from './mixture';
import { OFF } from './settings';

describe('a mixture', () => {
  it('is typed in per cent, and blanks are off', () => {
    expect(readMixture({ ...BLANK, latency_rate: '10', drop_rate: ' 0.5 ', constant_score: '0' })).toEqual({
      settings: { ...OFF, latency_rate: 0.1, drop_rate: 0.005, constant_score: 0 },
    });
  });

  it.each(['101', '-1', 'ten', '1e1', '0x1', 'Infinity', '5,5', '50%'])('refuses the share %s', (error_rate) => {
    expect(readMixture({ ...BLANK, error_rate })).toEqual({ errors: { error_rate: 'A share from 0 to 100 %.' } });
  });

  it('names every field that is wrong', () => {
    expect(readMixture({ ...BLANK, nan_rate: '200', latency_s: '61', constant_score: '2' })).toEqual({
      errors: {
        nan_rate: 'A share from 0 to 100 %.',
        latency_s: 'Seconds from 0 to 60.',
        constant_score: 'A score from 0 to 1, or nothing.',
      },
    });
  });

  it('refuses slow ones that are not slow', () => {
    expect(readMixture({ ...BLANK, latency_rate: '10', latency_s: '0' })).toEqual({ errors: { latency_s: 'More than 0 s, or nothing is slow.' } });
  });

  it('refuses to switch on nothing', () => {
    expect(readMixture(BLANK)).toEqual({ errors: {}, general: 'Nothing is on in this mixture. Set a share or a score.' });
  });

  it('can be filled with what is on, and means the same again', () => {
    const settings = { ...OFF, latency_rate: 0.07, latency_s: 1.5, wrong_id_rate: 0.335, constant_score: 0.02 };

    expect(toMixture(settings)).toMatchObject({ latency_rate: '7', wrong_id_rate: '33.5', error_rate: '', constant_score: '0.02' });
    expect(readMixture(toMixture(settings))).toEqual({ settings });
  });
});
