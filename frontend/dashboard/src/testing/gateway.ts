import { vi } from 'vitest';
import type { Me } from '@/lib/api/me';
import { aPerson } from './me';

type Answer = { status?: number; body?: unknown; text?: string; headers?: Record<string, string> };
export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  body: unknown;
}

/**
 * A gateway for tests: `answer` is told each request and says what to reply; undefined is a 404. What was asked is kept,
 * oldest first. `me` is who asks, and is not kept: every page asks for it; null: `answer` says that too.
 */
export function fakeGateway(answer: (asked: Asked) => Answer | undefined, me: Me | null = aPerson()): Asked[] {
  const asked: Asked[] = [];
  vi.stubGlobal('fetch', async (url: string, init: RequestInit = {}) => {
    const { pathname, searchParams } = new URL(url, 'http://gateway');
    if (pathname === '/me' && me) return Response.json(me);
    const body: unknown = typeof init.body === 'string' ? JSON.parse(init.body) : undefined;
    const request = { method: init.method ?? 'GET', path: pathname, query: searchParams, body };
    asked.push(request);
    const reply = answer(request) ?? problem(404, 'NOT_FOUND', 'No such resource');
    await Promise.resolve();
    init.signal?.throwIfAborted();
    const { status = 200, text, headers } = reply;
    return new Response(text ?? JSON.stringify(reply.body), { status, ...(headers && { headers }) });
  });
  return asked;
}

/** A refusal in the gateway's form. */
export function problem(status: number, code: string, title: string, detail = '', errors?: { pointer: string; detail: string }[]): Answer {
  return { status, body: { type: 'about:blank', status, code, title, detail, errors } };
}
