import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { toFile } from './files.mjs';
import { loadedAtFirst } from './html.mjs';

export const FIRST_LOAD_BYTES_MAX = 195_000;

/**
 * What a browser fetches to show the overview for the first time, as it travels.
 *
 * @param {string} html the page's text
 * @param {string} folder of the compressed build
 * @returns {{parts: {file: string, bytes: number}[], bytes: number}} gzip bytes: the page, its styles, its scripts
 */
export function firstLoad(html, folder) {
  const files = ['index.html', ...loadedAtFirst(html).map(toFile)];
  const parts = files.map((file) => ({ file, bytes: travelling(join(folder, file)) }));
  return { parts, bytes: parts.reduce((sum, part) => sum + part.bytes, 0) };
}

function travelling(path) {
  return statSync(existsSync(`${path}.gz`) ? `${path}.gz` : path).size;
}
