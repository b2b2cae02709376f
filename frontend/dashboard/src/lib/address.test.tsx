import { beforeEach, describe, expect, it } from 'vitest';
import { closeWindow, openWindow, withParams, writeAddress } from './address';

const back = () => new Promise((resolve) => window.addEventListener('popstate', resolve, { once: true }));

describe('the address', () => {
  beforeEach(() => window.history.replaceState(null, '', '/transactions/'));

  it('is not written when it says so already', () => {
    writeAddress(new URLSearchParams('decision=block'), 'push');
    const steps = window.history.length;
    writeAddress(new URLSearchParams('decision=block'), 'push');
    expect(window.history.length).toBe(steps);
    expect(window.location.search).toBe('?decision=block');
  });

  it('is the page alone when nothing is left to say', () => {
    writeAddress(new URLSearchParams('decision=block'), 'push');
    writeAddress(withParams(new URLSearchParams('decision=block'), { decision: null }), 'push');
    expect(window.location.pathname + window.location.search).toBe('/transactions/');
  });

  it('closes a window by a step back, so that Back does not open it again', async () => {
    writeAddress(new URLSearchParams('decision=block'), 'push');
    openWindow('tx', 'a b');
    expect(new URLSearchParams(window.location.search).get('tx')).toBe('a b');
    const arrived = back();
    closeWindow('tx');
    await arrived;
    expect(window.location.search).toBe('?decision=block');
  });

  it('closes a window that a link opened without leaving the page', () => {
    writeAddress(new URLSearchParams('decision=block&tx=a'), 'push');
    const steps = window.history.length;
    closeWindow('tx');
    expect(window.location.search).toBe('?decision=block');
    expect(window.history.length).toBe(steps);
  });
});
