import { createHash } from 'node:crypto';
import { inlineScripts } from './html.mjs';

/**
 * One Content-Security-Policy for all pages. Next writes scripts into them, which differ from build to build: each is
 * allowed by its hash, and no other. Styles keep 'unsafe-inline': Next's page for 404 and our style attributes need it.
 */
export function contentSecurityPolicy(pages) {
  const hashes = new Set(pages.flatMap(inlineScripts).map(sha256));
  return [
    "default-src 'self'",
    ["script-src 'self'", ...[...hashes].sort()].join(' '),
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "worker-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'", // forms are handled by scripts; nothing on the page may send one to the API
    "frame-ancestors 'none'",
  ].join('; ');
}

function sha256(text) {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
