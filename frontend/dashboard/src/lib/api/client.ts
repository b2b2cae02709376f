import type { paths } from './schema';

/**
 * One door to the gateway. Same origin everywhere: the gateway serves these pages itself, or nginx does and passes the
 * API on.
 */

type Method = 'get' | 'put' | 'post' | 'delete';
type Having<M extends Method> = { [P in keyof paths]: paths[P] extends Record<M, object> ? P : never }[keyof paths];
type Operation<P extends keyof paths, M extends Method> = paths[P] extends Record<M, infer O> ? O : never;
type Json<T> = T extends { content: { 'application/json': infer Body } } ? Body : never;
type Reply<O> = O extends { responses: { 200: infer R } } ? Json<R> : never;
type Part<O, Name extends 'path' | 'query'> = O extends { parameters: infer Ps }
  ? Name extends keyof Ps
    ? Ps[Name]
    : undefined
  : undefined;
type Body<O> = O extends { requestBody: infer B } ? Json<B> : undefined;

export type ReplyOf<P extends keyof paths, M extends Method> = Reply<Operation<P, M>>;
export type QueryOf<P extends keyof paths> = NonNullable<Part<Operation<P, 'get'>, 'query'>>;

interface Options<P extends keyof paths, M extends Method> {
  path?: NonNullable<Part<Operation<P, M>, 'path'>>;
  query?: NonNullable<Part<Operation<P, M>, 'query'>>;
  signal?: AbortSignal;
  /** Given up after so long; a frozen gateway accepts connections and says nothing. */
  timeoutMs?: number;
}

const TIMEOUT_MS = 4_000;

/** The gateway answered, and said no: RFC 9457, with the places to mend. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly places: readonly { pointer: string; detail: string }[] = [],
    /** All that the problem says, `code` and the like included. */
    readonly members: Readonly<Record<string, unknown>> = {},
    /** How long to wait, in seconds, where the gateway says so. */
    readonly retryAfterS: number | null = null,
  ) {
    super(`${title}. ${detail}`);
    this.name = 'ApiProblem';
  }
}

/** Nobody answered: the gateway is not there, or too slow. `isDropped`: a connection broke, which may happen to one alone. */
export class Unreachable extends Error {
  constructor(
    why: string,
    readonly isDropped = false,
  ) {
    super(why);
    this.name = 'Unreachable';
  }
}

/** Reads. */
export function get<P extends Having<'get'>>(path: P, options: Options<P, 'get'> = {}): Promise<ReplyOf<P, 'get'>> {
  return send('GET', path, options, {});
}

/** Says how something shall be. Safe to repeat. */
export function put<P extends Having<'put'>>(
  path: P,
  body: Body<Operation<P, 'put'>>,
  options: Options<P, 'put'> = {},
): Promise<ReplyOf<P, 'put'>> {
  return send('PUT', path, options, withJson(body));
}

/** Takes a step. */
export function post<P extends Having<'post'>>(
  path: P,
  body: Body<Operation<P, 'post'>>,
  options: Options<P, 'post'> = {},
): Promise<ReplyOf<P, 'post'>> {
  return send('POST', path, options, withJson(body));
}

/** Takes something away. Safe to repeat. */
export function remove<P extends Having<'delete'>>(path: P, options: Options<P, 'delete'> = {}): Promise<ReplyOf<P, 'delete'>> {
  return send('DELETE', path, options, {});
}

/** A page of the record as CSV text, and where the next one begins. */
export async function getCsv(
  query: QueryOf<'/transactions'>,
  signal?: AbortSignal,
): Promise<{ text: string; nextCursor: string | null }> {
  const response = await request(
    toUrl('/transactions', { query }),
    { headers: { Accept: 'text/csv' } },
    { timeoutMs: 30_000, ...(signal && { signal }) },
  );
  return { text: await response.text(), nextCursor: response.headers.get('X-Next-Cursor') };
}

/** The address of an API call: names in the path filled in and escaped, parameters that are not set left out. */
export function toUrl(path: string, options: { path?: object; query?: object }): string {
  const values: Record<string, unknown> = { ...options.path };
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values[name])));
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(options.query ?? {})) {
    if (value !== undefined && value !== null && value !== '') query.set(name, String(value));
  }
  const text = query.toString();
  return text ? `${filled}?${text}` : filled;
}

function withJson(body: unknown): RequestInit {
  return { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body ?? {}) };
}

async function send<R>(
  method: string,
  path: string,
  options: { path?: object; query?: object; signal?: AbortSignal; timeoutMs?: number },
  init: RequestInit,
): Promise<R> {
  const response = await request(toUrl(path, options), { ...init, method }, options);
  try {
    return (await response.json()) as R;
  } catch {
    throw new Unreachable('The answer was cut off.');
  }
}

async function request(
  url: string,
  init: RequestInit,
  { signal, timeoutMs = TIMEOUT_MS }: { signal?: AbortSignal; timeoutMs?: number },
): Promise<Response> {
  const timeout = AbortSignal.timeout(timeoutMs);
  let response: Response;
  try {
    response = await fetch(url, { ...init, signal: signal ? AbortSignal.any([signal, timeout]) : timeout });
  } catch (error) {
    if (signal?.aborted) throw error;
    if (timeout.aborted) throw new Unreachable(`No answer within ${timeoutMs / 1000} s.`);
    throw new Unreachable('The connection failed.', true);
  }
  if (response.ok) return response;
  throw await toError(response);
}

/** nginx answers for a gateway that is away with code GATEWAY_UNREACHABLE: that is no word of the gateway. */
async function toError(response: Response): Promise<Error> {
  const body: unknown = await response.json().catch(() => null);
  const said = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const text = (name: string, otherwise: string): string => (typeof said[name] === 'string' ? said[name] : otherwise);
  if (said.code === 'GATEWAY_UNREACHABLE' || (response.status >= 502 && said.code === undefined)) {
    return new Unreachable(text('detail', `The gateway is away (status ${response.status}).`));
  }
  const places = Array.isArray(said.errors) ? (said.errors as { pointer: string; detail: string }[]) : [];
  return new ApiProblem(
    response.status,
    text('code', 'UNKNOWN'),
    text('title', `The gateway answered ${response.status}`),
    text('detail', ''),
    places,
    said,
    Number(response.headers.get('Retry-After')) || null,
  );
}
