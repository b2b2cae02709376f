import { describe, expect, it } from 'vitest';
import { toAct } from './keys';

const press = (key: string, changes = {}) => ({ key, hasModifier: false, isTyping: false, ...changes });
const among = (at: number | null, count = 3) => ({ at, count });

describe('the keys of the queue', () => {
  it('move through the items, and stop at both ends', () => {
    expect(toAct(press('j'), among(0))).toEqual({ is: 'move', to: 1 });
    expect(toAct(press('j'), among(2))).toEqual({ is: 'move', to: 2 });
    expect(toAct(press('k'), among(1))).toEqual({ is: 'move', to: 0 });
    expect(toAct(press('k'), among(0))).toEqual({ is: 'move', to: 0 });
  });

  it('begin at the first item', () => {
    expect(toAct(press('j'), among(null))).toEqual({ is: 'move', to: 0 });
    expect(toAct(press('k'), among(null))).toEqual({ is: 'move', to: 0 });
    expect(toAct(press('j'), among(null, 0))).toBeNull();
  });

  it.each([['c', 'claim'], ['r', 'release'], ['a', 'approve'], ['b', 'block'], ['B', 'block']])('%s means %s', (key, is) => {
    expect(toAct(press(key), among(1))).toEqual({ is, at: 1 });
  });

  it('do nothing to no item', () => {
    expect(['c', 'r', 'a', 'b'].map((key) => toAct(press(key), among(null)))).toEqual(Array(4).fill({ is: 'none' }));
  });

  it('take back the last decision, wherever the focus is', () => {
    expect([toAct(press('u'), among(null)), toAct(press('u'), among(1))]).toEqual([{ is: 'undo' }, { is: 'undo' }]);
  });

  it('are letters while somebody types, and the browser has its own', () => {
    expect(toAct(press('b', { isTyping: true }), among(1))).toBeNull();
    expect(toAct(press('?', { isTyping: true }), among(1))).toBeNull();
    expect(toAct(press('c', { hasModifier: true }), among(1))).toBeNull();
  });

  it('show themselves, and leave Enter to the link that has the focus', () => {
    expect(toAct(press('?'), among(null, 0))).toEqual({ is: 'help' });
    expect(toAct(press('Enter'), among(1))).toBeNull();
  });
});
