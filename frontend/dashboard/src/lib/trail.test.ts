import { describe, expect, it } from 'vitest';
import { onward, whereabouts } from './trail';

describe('the way through the pages of a list', () => {
  const twoOn = onward(onward(null, 'all', null, 'b'), 'all', 'b', 'c');

  it('knows the number of a page and the page before it', () => {
    expect(whereabouts(twoOn, 'all', null)).toEqual({ number: 1, previous: undefined });
    expect(whereabouts(twoOn, 'all', 'b')).toEqual({ number: 2, previous: null });
    expect(whereabouts(twoOn, 'all', 'c')).toEqual({ number: 3, previous: 'b' });
  });

  it('knows nothing of a page that a link led to', () => {
    expect(whereabouts(null, 'all', 'x')).toEqual({ number: undefined, previous: undefined });
    expect(whereabouts(twoOn, 'all', 'x')).toEqual({ number: undefined, previous: undefined });
  });

  it('finds back to that page, though nobody knows its number', () => {
    const on = onward(null, 'all', 'x', 'y');
    expect(whereabouts(on, 'all', 'y')).toEqual({ number: undefined, previous: 'x' });
    expect(whereabouts(on, 'all', 'x')).toEqual({ number: undefined, previous: undefined });
  });

  it('is another way for another search', () => {
    expect(whereabouts(twoOn, 'decision=block', 'c')).toEqual({ number: undefined, previous: undefined });
    expect(onward(twoOn, 'decision=block', null, 'z')).toEqual({ of: 'decision=block', cursors: ['z'], isWhole: true });
  });

  it('forgets the pages behind the one from which somebody goes on', () => {
    expect(onward(twoOn, 'all', null, 'new').cursors).toEqual(['new']);
    expect(onward(twoOn, 'all', 'b', 'new').cursors).toEqual(['b', 'new']);
  });

  it('is bounded', () => {
    let trail = onward(null, 'all', null, '0');
    for (let i = 0; i < 1_500; i += 1) trail = onward(trail, 'all', String(i), String(i + 1));
    expect(trail.cursors).toHaveLength(1_000);
    expect(whereabouts(trail, 'all', '1500')).toEqual({ number: undefined, previous: '1499' });
  });
});
