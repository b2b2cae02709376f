/**
 * What follows `next build`: makes out/ ready to be served, by the gateway or by nginx, and refuses a first load that
 * has grown too large. Names that begin with a dot are about the build and are never served.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compress } from './build/compress.mjs';
import { filesBelow } from './build/files.mjs';
import { FIRST_LOAD_BYTES_MAX, firstLoad } from './build/first-load.mjs';
import { headers } from './build/headers.mjs';
import { contentSecurityPolicy } from './build/policy.mjs';
import { toShell, withShell } from './build/shell.mjs';

const out = fileURLToPath(new URL('../out', import.meta.url));
const read = (file) => readFileSync(join(out, file));

const files = filesBelow(out);
const pages = files.filter((file) => file.endsWith('.html'));
const shell = toShell(files, read);
writeFileSync(join(out, 'sw.js'), withShell(read('sw.js').toString(), shell));
compress(out, files);

const { parts, bytes } = firstLoad(read('index.html').toString(), out);
const kilobytes = (count) => `${(count / 1000).toFixed(1)} kB`;
process.stdout.write(`first load of /dashboard/: ${kilobytes(bytes)} gzip in ${parts.length} files\n`);
if (bytes > FIRST_LOAD_BYTES_MAX) {
  const largest = parts.sort((a, b) => b.bytes - a.bytes).map((part) => `  ${kilobytes(part.bytes)}  ${part.file}`);
  process.stderr.write(`error: the first load may have ${kilobytes(FIRST_LOAD_BYTES_MAX)} at most, and these make it up:\n${largest.join('\n')}\n`);
  process.exit(1);
}

// last: out/ without this file is an unfinished build, and nobody serves it
const policy = contentSecurityPolicy(pages.map((file) => read(file).toString()));
writeFileSync(join(out, '.headers'), headers(policy));
process.stdout.write(`built: ${files.length} files, of which ${shell.files.length} outlive the gateway (build ${shell.build})\n`);
