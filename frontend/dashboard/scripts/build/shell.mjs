import { createHash } from 'node:crypto';
import { forOldBrowsers } from './html.mjs';
import { toFile } from './files.mjs';

const UNFINISHED = "const SHELL = { build: 'none', files: [] };";
const NOT_KEPT = [
  /^(404(\.html|\/)|_not-found\/)/, // without the gateway nobody can say that a page is missing
  /(^|\/)__next\./, // for links that fetch ahead, which ours do not
  /^sw\.js$|^\.|\.gz$/,
];

/**
 * What the service worker keeps, so that a reload while the gateway is down still shows the page.
 *
 * @param {string[]} files of the build
 * @param {(file: string) => Buffer} read
 * @returns {{build: string, files: string[]}} a digest of all of it and of the worker itself, and the addresses
 */
export function toShell(files, read) {
  const old = new Set(files.filter((file) => file.endsWith('.html')).flatMap((file) => forOldBrowsers(read(file).toString())).map(toFile));
  const kept = files.filter((file) => !NOT_KEPT.some((pattern) => pattern.test(file)) && !old.has(file));
  const digest = createHash('sha256');
  // a worker that alone has changed is installed too, and must not write into the cache of the one in charge
  for (const file of [...kept, 'sw.js']) digest.update(`${file}\n`).update(read(file));
  return { build: digest.digest('hex').slice(0, 16), files: kept.map(toAddress) };
}

/** The service worker with the list of this build. Throws when the place for it is gone. */
export function withShell(worker, shell) {
  if (!worker.includes(UNFINISHED)) throw new Error('public/sw.js has lost the line that the build fills in');
  return worker.replace(UNFINISHED, () => `const SHELL = ${JSON.stringify(shell)};`);
}

function toAddress(file) {
  return `/dashboard/${file.replace(/(^|\/)index\.html$/, '$1')}`;
}
