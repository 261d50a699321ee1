import { defineConfig } from 'vitest/config';

/**
 * Every test that needs npm alone. Suites with the suffix `.machine.test.ts` need root or Debian packages: see
 * `vitest.machine.config.ts`. PostgreSQL is started once, and only when a `.pg.test.ts` suite runs.
 */
const suites = ['{packages,apps}/*/src/**/*.test.{ts,tsx}', '{tests,bench,tools}/src/**/*.test.ts'];
const never = ['**/node_modules/**', '**/dist/**', '**/*.machine.test.ts'];
const timeouts = { testTimeout: 60_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      { test: { name: 'npm', include: suites, exclude: [...never, '**/*.pg.test.ts'], ...timeouts } },
      {
        test: {
          name: 'pg',
          include: ['{packages,apps}/*/src/**/*.pg.test.ts', '{tests,bench,tools}/src/**/*.pg.test.ts'],
          exclude: never,
          globalSetup: ['packages/hub/src/postgres/test-server.ts'],
          ...timeouts,
        },
      },
    ],
  },
});
