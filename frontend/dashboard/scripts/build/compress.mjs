import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const TEXT = /\.(html|js|css|svg|txt|json|webmanifest)$/;
const WORTH_BYTES = 1000; // below it a packet more or less decides, not the size

/** Writes FILE.gz beside each text file that is worth it: compressed once, at the best level, and never while serving. */
export function compress(folder, files) {
  for (const file of files.filter((name) => TEXT.test(name))) {
    const content = readFileSync(join(folder, file));
    if (content.length > WORTH_BYTES) writeFileSync(join(folder, `${file}.gz`), gzipSync(content, { level: 9 }));
  }
}
