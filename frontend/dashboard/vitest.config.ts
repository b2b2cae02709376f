import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  test: {
    reporters: ['default', './src/testing/closing-line.ts'],
    restoreMocks: true,
    testTimeout: 30_000, // other tests run beside these, on two cores
    projects: [
      {
        extends: true,
        test: {
          name: 'pages',
          include: ['src/**/*.test.tsx'],
          environment: 'jsdom',
          setupFiles: ['src/testing/setup.ts'],
          pool: 'threads', // half the CPU of a process each
        },
      },
      // what draws nothing needs no page: to make one, and a process, for each file took more CPU than the tests
      { extends: true, test: { name: 'rules', include: ['{src,scripts}/**/*.test.{ts,mjs}'], isolate: false } },
    ],
  },
});
