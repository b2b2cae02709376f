import { describe, expect, it } from 'vitest';
import { ApiProblem, Unreachable } from './api/client';
import { toConnection } from './connection';

const live = { error: null, updatedAtMs: 10_000, askingSinceMs: 0, nowMs: 10_500 };

describe('the connection', () => {
  it('is being made until something is heard', () => {
    expect(toConnection({ ...live, updatedAtMs: 0 })).toBe('connecting');
  });

  it('is live while answers come', () => {
    expect(toConnection(live)).toBe('live');
  });

  it('is live when the gateway says no: it is there', () => {
    expect(toConnection({ ...live, error: new ApiProblem(503, 'X', 'No', '') })).toBe('live');
  });

  it('is stale once three polls are missed, and not before', () => {
    expect(toConnection({ ...live, nowMs: 13_400 })).toBe('live');
    expect(toConnection({ ...live, nowMs: 13_600 })).toBe('stale');
  });

  it('is unreachable when nobody answers, with data or without', () => {
    const error = new Unreachable('The connection failed.');
    expect(toConnection({ ...live, error })).toBe('unreachable');
    expect(toConnection({ ...live, error, updatedAtMs: 0 })).toBe('unreachable');
  });

  it('is not stale while nobody asks, and not as soon as somebody does again', () => {
    expect(toConnection({ ...live, askingSinceMs: null, nowMs: 99_000 })).toBe('live');
    expect(toConnection({ ...live, askingSinceMs: 98_000, nowMs: 99_000 })).toBe('live');
    expect(toConnection({ ...live, askingSinceMs: 98_000, nowMs: 102_000 })).toBe('stale');
  });

  it('stays unreachable while nobody asks', () => {
    const error = new Unreachable('The connection failed.');
    expect(toConnection({ ...live, error, askingSinceMs: null })).toBe('unreachable');
  });
});
