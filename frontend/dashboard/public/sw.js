/**
 * Keeps the dashboard's shell, so that a reload while the gateway is down shows the page, which then says so. It never
 * touches a request to the API: an old figure that looks like a new one is worse than none.
 *
 * A new build is a new list in this file, and a new file is a new worker, which browsers look for at each page load. It
 * takes over at once (skipWaiting, claim) instead of waiting for every tab to be closed: an operator's tab may stay
 * open for weeks. That is safe, because pages come from the network first, so none is stale while the gateway is there,
 * and because files of the build before stay for tabs that still run it. Caches are written at installation only: two
 * builds at most, nothing grows.
 */
// The build's last step fills this in. Without it (`next dev`) nothing is kept.
const SHELL = { build: 'none', files: [] };

const BASE = '/dashboard/';
const HASHED = `${BASE}_next/static/`; // another content is another name: what is kept is what would come
const OURS = 'sentinel-shell-';
const CURRENT = OURS + SHELL.build;
const PATIENCE_MS = 2_000; // a frozen gateway accepts connections and says nothing

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(activate()));

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin || !pathname.startsWith(BASE)) return;
  event.respondWith(isPage(request, pathname) ? networkFirst(request) : keptFirst(request));
});

/** All files or none: half a shell would fail when it is needed. The worker before then stays in charge. */
async function install() {
  const isNew = !(await caches.has(CURRENT)); // else it is in use: somebody took the worker away, and it comes back
  try {
    const cache = await caches.open(CURRENT);
    await Promise.all(SHELL.files.map((address) => keep(cache, address)));
  } catch (failure) {
    if (isNew) await caches.delete(CURRENT);
    throw failure;
  }
  await self.skipWaiting();
}

async function keep(cache, address) {
  // hashed files are in the browser's own cache already; of others it may hold an old one
  const answer = await fetch(address, { cache: address.startsWith(HASHED) ? 'default' : 'no-cache' });
  if (!answer.ok || answer.redirected) throw new Error(`${address}: status ${answer.status}`);
  await cache.put(address, answer);
}

async function activate() {
  const others = (await caches.keys()).filter((name) => name.startsWith(OURS) && name !== CURRENT);
  // oldest first; the last one belongs to tabs that are open now
  await Promise.all(others.slice(0, -1).map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** Pages, and the data by which Next goes from one to another: these tell which build runs. */
function isPage(request, pathname) {
  return request.mode === 'navigate' || pathname.endsWith('/') || pathname.endsWith('.txt');
}

async function networkFirst(request) {
  const kept = await find(request, { cacheName: CURRENT });
  if (kept === undefined) return fetch(request);
  const impatience = new AbortController();
  const timer = setTimeout(() => impatience.abort(), PATIENCE_MS);
  try {
    const answer = await fetch(request, { signal: impatience.signal });
    return answer.status < 500 ? answer : kept; // 5xx: somebody in front of a gateway that is away
  } catch {
    return kept;
  } finally {
    clearTimeout(timer); // from here on the answer may take its time
  }
}

async function keptFirst(request) {
  return (await find(request, { cacheName: CURRENT })) ?? (await find(request)) ?? fetch(request);
}

/** Filters and ids stand in the query: the page is the same. */
async function find(request, where) {
  return (await caches.has(CURRENT)) ? caches.match(request, { ignoreSearch: true, ...where }) : undefined;
}
