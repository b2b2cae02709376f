// @vitest-environment node
import { readFileSync } from 'node:fs';
import vm from 'node:vm';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { withShell } from './build/shell.mjs';

const ORIGIN = 'http://gateway';
const SOURCE = readFileSync(new URL('../public/sw.js', import.meta.url), 'utf8');
const FILES = ['/dashboard/', '/dashboard/chaos/', '/dashboard/chaos/index.txt', '/dashboard/_next/static/a.js', '/dashboard/theme.js'];

/** The part of a browser that a worker meets: caches with state, and a network that can fall silent. */
class Browser {
  caches = new Map();
  asked = [];
  network = async (path) => new Response(`network ${path}`);
  hasSkipped = false;
  hasClaimed = false;

  async start(build, files = FILES) {
    const listeners = {};
    const worker = {
      location: { origin: ORIGIN },
      addEventListener: (name, listener) => (listeners[name] = listener),
      skipWaiting: async () => (this.hasSkipped = true),
      clients: { claim: async () => (this.hasClaimed = true) },
    };
    vm.runInNewContext(build ? withShell(SOURCE, { build, files }) : SOURCE, {
      self: worker, caches: this.storage(), fetch: (...call) => this.fetch(...call), URL, AbortController, Error, Promise,
      setTimeout: (...call) => setTimeout(...call), clearTimeout: (...call) => clearTimeout(...call),
    });
    this.listeners = listeners;
    await this.happen('install');
    await this.happen('activate');
  }

  async happen(name) {
    let work;
    this.listeners[name]({ waitUntil: (promise) => (work = promise) });
    await work;
  }

  /** What a page gets; null when the worker leaves the request to the browser. */
  ask(path, { method = 'GET', mode = 'cors', origin = ORIGIN } = {}) {
    let answer = null;
    this.listeners.fetch({ request: { url: origin + path, method, mode }, respondWith: (promise) => (answer = promise) });
    return answer;
  }

  async fetch(request, options = {}) {
    const path = (typeof request === 'string' ? request : request.url).replace(ORIGIN, '');
    this.asked.push(path);
    return await Promise.race([
      this.network(path),
      new Promise((_, reject) => options.signal?.addEventListener('abort', () => reject(new Error('aborted')))),
    ]);
  }

  storage() {
    const path = (request) => (typeof request === 'string' ? request : request.url.replace(ORIGIN, '')).replace(/\?.*/, '');
    return {
      open: async (name) => {
        if (!this.caches.has(name)) this.caches.set(name, new Map());
        return { put: async (address, answer) => void this.caches.get(name).set(address, await answer.text()) };
      },
      has: async (name) => this.caches.has(name),
      keys: async () => [...this.caches.keys()],
      delete: async (name) => this.caches.delete(name),
      match: async (request, { cacheName } = {}) => {
        for (const [name, kept] of this.caches) {
          if ((cacheName ?? name) === name && kept.has(path(request))) return new Response(`kept ${name} ${kept.get(path(request))}`);
        }
        return undefined;
      },
    };
  }
}

const text = async (answer) => (await answer).text();
const down = async () => {
  throw new TypeError('refused');
};

let browser;

beforeEach(async () => {
  browser = new Browser();
  await browser.start('b1');
  browser.asked = [];
});

describe('requests to the API', () => {
  test.each(['/stats', '/circuit/status', '/transactions?user_id=a', '/', '/dashboardx'])('%s is left alone', (path) => {
    expect(browser.ask(path)).toBeNull();
  });

  test('other methods and other origins are left alone as well', () => {
    expect(browser.ask('/dashboard/', { method: 'POST' })).toBeNull();
    expect(browser.ask('/dashboard/', { origin: 'http://elsewhere' })).toBeNull();
  });
});

describe('a page', () => {
  const page = (path = '/dashboard/') => text(browser.ask(path, { mode: 'navigate' }));

  test('comes from the network while that answers, so that it is never stale', async () => {
    expect(await page()).toBe('network /dashboard/');
  });

  test('comes from the shell when nobody answers, whatever its query', async () => {
    browser.network = down;

    expect(await page('/dashboard/chaos/?tx=txn_1')).toBe('kept sentinel-shell-b1 network /dashboard/chaos/');
  });

  test('comes from the shell when somebody in front says that the gateway is away', async () => {
    browser.network = async () => new Response('', { status: 502 });

    expect(await page()).toMatch(/^kept/);
  });

  test('that is no more is said to be no more', async () => {
    browser.network = async () => new Response('gone', { status: 404 });

    expect(await page()).toBe('gone');
  });

  test('comes from the shell after 2 s of silence, not before', async () => {
    vi.useFakeTimers();
    try {
      browser.network = () => new Promise(() => {});
      let got;
      void page().then((answer) => (got = answer));
      await vi.advanceTimersByTimeAsync(1_900);
      expect(got).toBeUndefined();
      await vi.advanceTimersByTimeAsync(200);
      expect(got).toMatch(/^kept/);
    } finally {
      vi.useRealTimers();
    }
  });

  test('that is not in the shell fails as it would without a worker', async () => {
    browser.network = down;

    await expect(page('/dashboard/nowhere/')).rejects.toThrow('refused');
  });
});

describe('other files', () => {
  test('that are named after their content are asked for once', async () => {
    expect(await text(browser.ask('/dashboard/_next/static/a.js'))).toMatch(/^kept/);
    expect(browser.asked).toEqual([]);
  });

  test('that the shell does not hold come from the network and are not kept', async () => {
    expect(await text(browser.ask('/dashboard/_next/static/z.js'))).toBe('network /dashboard/_next/static/z.js');
    expect([...browser.caches.get('sentinel-shell-b1').keys()].sort()).toEqual([...FILES].sort());
  });

  test("Next's page data comes from the network first: it tells that there is a new build", async () => {
    expect(await text(browser.ask('/dashboard/chaos/index.txt?_rsc=1'))).toMatch(/^network/);
  });
});

describe('a new build', () => {
  test('takes over at once, and the one before stays for open tabs', async () => {
    await browser.start('b2');

    expect([browser.hasSkipped, browser.hasClaimed]).toEqual([true, true]);
    expect([...browser.caches.keys()]).toEqual(['sentinel-shell-b1', 'sentinel-shell-b2']);
  });

  test('pushes out all older ones, and nobody else', async () => {
    browser.caches.set('of-another-page', new Map());
    for (const build of ['b2', 'b3', 'b4']) await browser.start(build);

    expect([...browser.caches.keys()]).toEqual(['of-another-page', 'sentinel-shell-b3', 'sentinel-shell-b4']);
  });

  test("leaves a lazily loaded script of an open tab's build where it finds it", async () => {
    await browser.start('b2', ['/dashboard/', '/dashboard/_next/static/b.js']);
    browser.network = down;

    expect(await text(browser.ask('/dashboard/_next/static/a.js'))).toBe('kept sentinel-shell-b1 network /dashboard/_next/static/a.js');
  });

  test('that cannot be fetched whole leaves the one before in charge', async () => {
    browser.network = async (path) => new Response('', { status: path.endsWith('.js') ? 404 : 200 });

    await expect(browser.start('b2')).rejects.toThrow('status 404');
    expect([...browser.caches.keys()]).toEqual(['sentinel-shell-b1']);
  });
});

test('a build that is installed once more, and cannot be fetched, keeps what it had', async () => {
  browser.network = down;

  await expect(browser.start('b1')).rejects.toThrow('refused');
  expect([...browser.caches.get('sentinel-shell-b1').keys()].sort()).toEqual([...FILES].sort());
});

test('without a build, as in development, nothing is kept', async () => {
  const fresh = new Browser();
  await fresh.start(null);

  expect(await text(fresh.ask('/dashboard/', { mode: 'navigate' }))).toBe('network /dashboard/');
  expect([...fresh.caches.values()].every((kept) => kept.size === 0)).toBe(true);
});
