/**
 * The headers that go with every file of the dashboard, one a line. The gateway reads this file, nginx gets its
 * `add_header` lines from it: whoever serves the pages, they are bound by the same rules.
 */
export function headers(policy) {
  return [
    `Content-Security-Policy: ${policy}`,
    'X-Content-Type-Options: nosniff',
    'X-Frame-Options: DENY',
    'Referrer-Policy: no-referrer', // addresses hold ids of transactions
    'Cross-Origin-Opener-Policy: same-origin',
    'Cross-Origin-Resource-Policy: same-origin',
    'Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    '',
  ].join('\n');
}
