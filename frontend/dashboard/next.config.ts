import type { NextConfig } from 'next';

const isDevelopment = process.env.NODE_ENV === 'development';
const gatewayUrl = process.env.GATEWAY_URL ?? 'http://localhost:8000';

const config: NextConfig = {
  basePath: '/dashboard',
  trailingSlash: true,
  reactStrictMode: true,
  images: { unoptimized: true },
  // Built pages are files: no code of Next runs anywhere but in the browser. `next dev` passes the API on instead, so
  // that both are of one origin there as well.
  ...(isDevelopment
    ? {
        skipTrailingSlashRedirect: true,
        rewrites: async () => [
          { source: '/:path((?!dashboard).*)', destination: `${gatewayUrl}/:path`, basePath: false as const },
        ],
      }
    : { output: 'export' as const }),
};

export default config;
