import { describe, expect, it } from 'vitest';
import { counted, lasted } from './words';

describe('words for figures', () => {
  it('count in the singular, in the plural, and nothing', () => {
    expect(counted(0, 'verdict')).toBe('no verdicts');
    expect(counted(1, 'verdict')).toBe('1 verdict');
    expect(counted(1_412, 'quantity', 'quantities')).toBe('1,412 quantities');
  });

  it('do not call a short time none', () => {
    expect(lasted(0.3)).toBe('under 1 s');
    expect(lasted(30)).toBe('30 s');
  });
});
