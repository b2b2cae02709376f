// @vitest-environment node
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { compress } from './compress.mjs';
import { filesBelow } from './files.mjs';
import { firstLoad } from './first-load.mjs';
import { headers } from './headers.mjs';
import { inlineScripts, loadedAtFirst } from './html.mjs';
import { contentSecurityPolicy } from './policy.mjs';
import { toShell, withShell } from './shell.mjs';

const PAGE = `<html><head><link rel="stylesheet" href="/dashboard/_next/static/chunks/a.css" data-precedence="next"/>
<link rel="preload" as="script" href="/dashboard/_next/static/chunks/a.js"/><link rel="icon" href="/dashboard/icon.svg?x"/>
<script src="/dashboard/_next/static/chunks/a.js" async=""></script><script src="/dashboard/theme.js"></script>
<script src="/dashboard/_next/static/chunks/old.js" noModule=""></script></head>
<body><script id="_R_">start("ä")</script><script>self.x=1</script></body></html>`;

const hash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

let folder;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'build-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

function write(files) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

describe('the policy', () => {
  test('allows every script that stands in a page, by its hash, and none that does not', () => {
    const policy = contentSecurityPolicy([PAGE, '<script>other()</script>']);

    const scripts = policy.split('; ').find((part) => part.startsWith('script-src'));
    expect(scripts.split(' ').slice(1).sort()).toEqual(["'self'", hash('start("ä")'), hash('self.x=1'), hash('other()')].sort());
  });

  test('never opens the door for all inline scripts, nor for evaluated text', () => {
    const policy = contentSecurityPolicy([PAGE]);

    expect(policy.replace(/style-src [^;]*/, '')).not.toMatch(/unsafe|\*|http/);
    for (const rule of ["default-src 'self'", "base-uri 'none'", "frame-ancestors 'none'", "object-src 'none'"]) {
      expect(policy.split('; ')).toContain(rule);
    }
  });

  test('is one header of one line, whose values no quotation mark ends early', () => {
    const lines = headers(contentSecurityPolicy([PAGE])).trimEnd().split('\n');

    expect(lines[0]).toMatch(/^Content-Security-Policy: default-src/);
    for (const line of lines) expect(line).toMatch(/^[A-Za-z-]+: [^"\\$]+$/);
  });

  test('sees scripts by their text, not by their address', () => {
    expect(inlineScripts(PAGE)).toEqual(['start("ä")', 'self.x=1']);
  });
});

describe('the first load', () => {
  test('is the page, its styles and its scripts, each once, without what only old browsers load', () => {
    expect(loadedAtFirst(PAGE).sort()).toEqual([
      '/dashboard/_next/static/chunks/a.css',
      '/dashboard/_next/static/chunks/a.js',
      '/dashboard/theme.js',
    ]);
  });

  test('counts what travels: the compressed file where there is one', () => {
    write({
      'index.html': PAGE,
      '_next/static/chunks/a.js': 'a'.repeat(50_000),
      '_next/static/chunks/a.css': 'body{}',
      'theme.js': 'x',
    });
    compress(folder, filesBelow(folder));

    const { bytes, parts } = firstLoad(PAGE, folder);

    expect(parts.map((part) => part.file)).toContain('_next/static/chunks/a.js');
    expect(parts.find((part) => part.file === '_next/static/chunks/a.css').bytes).toBe(6);
    expect(bytes).toBeLessThan(1_000);
  });

  test('fails when a script of the page is not in the build', () => {
    write({ 'index.html': PAGE });

    expect(() => firstLoad(PAGE, folder)).toThrow(/ENOENT/);
  });
});

describe('compression', () => {
  test('stands beside texts that are worth it, and holds the same', () => {
    write({ 'large.js': 'x'.repeat(2_000), 'small.js': 'x', 'picture.png': 'x'.repeat(2_000) });

    compress(folder, filesBelow(folder));

    expect(filesBelow(folder).filter((file) => file.endsWith('.gz'))).toEqual(['large.js.gz']);
    expect(gunzipSync(readFileSync(join(folder, 'large.js.gz'))).toString()).toBe('x'.repeat(2_000));
    expect(existsSync(join(folder, 'large.js'))).toBe(true);
  });
});

describe('the shell', () => {
  const read = (file) => readFileSync(join(folder, file));

  test('is every page with its scripts, by the addresses that browsers ask for', () => {
    write({
      'index.html': PAGE,
      'chaos/index.html': '<p>',
      'chaos/index.txt': 'data',
      'chaos/__next._tree.txt': 'data',
      'index.html.gz': 'packed',
      '404.html': '<p>',
      '_not-found/index.html': '<p>',
      '_next/static/chunks/a.js': 'a',
      '_next/static/chunks/old.js': 'old',
      'sw.js': 'worker',
      '.headers': 'X: y',
    });

    expect(toShell(filesBelow(folder), read).files).toEqual([
      '/dashboard/_next/static/chunks/a.js',
      '/dashboard/chaos/',
      '/dashboard/chaos/index.txt',
      '/dashboard/',
    ]);
  });

  test('gets another name with each change of content, or of the worker alone', () => {
    const build = () => toShell(filesBelow(folder), read).build;
    write({ 'index.html': PAGE, 'sw.js': 'worker' });
    const first = build();
    write({ 'index.html': `${PAGE} ` });
    const second = build();
    write({ 'sw.js': 'another worker' });

    expect(new Set([first, second, build()]).size).toBe(3);
    expect(first).toMatch(/^[0-9a-f]{16}$/);
  });

  test('is written into the worker that ships, and a worker without the place for it stops the build', () => {
    const worker = readFileSync(new URL('../../public/sw.js', import.meta.url), 'utf8');

    expect(withShell(worker, { build: 'b', files: ['/dashboard/'] })).toContain('const SHELL = {"build":"b","files":["/dashboard/"]};');
    expect(() => withShell('nothing', { build: 'b', files: [] })).toThrow(/sw\.js/);
  });
});
