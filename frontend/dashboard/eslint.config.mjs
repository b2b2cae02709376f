import { defineConfig, globalIgnores } from 'eslint/config';
import coreWebVitals from 'eslint-config-next/core-web-vitals';
import typescript from 'eslint-config-next/typescript';

// Imports go one way: app > features > components > lib. A feature never reaches into another one. Only tests import testing.
const TESTS = 'src/**/*.test.{ts,tsx}';
const restrict = (files, ignores, folders) => ({
  files: [files],
  ignores,
  rules: {
    'no-restricted-imports': [
      'error',
      { patterns: folders.map((folder) => ({ group: [`@/${folder}/*`], message: 'Imports go app > features > components > lib.' })) },
    ],
  },
});
const never = (folder, folders) => [
  restrict(`${folder}/**/*.test.{ts,tsx}`, [], folders),
  restrict(`${folder}/**`, [TESTS], [...folders, 'testing']),
];

const features = ['shell', 'overview', 'transactions', 'reviews', 'outages', 'model', 'chaos', 'session', 'access'];

export default defineConfig([
  ...coreWebVitals,
  ...typescript,
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      'max-lines': ['error', { max: 300 }],
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  never('src/lib', ['app', 'features', 'components']),
  never('src/components', ['app', 'features']),
  features.map((name) => never(`src/features/${name}`, ['app', ...features.filter((other) => other !== name).map((other) => `features/${other}`)])),
  globalIgnores(['.next/**', 'out/**', 'node_modules/**', 'next-env.d.ts', 'src/lib/api/schema.d.ts', 'public/**']),
]);
