import { defineConfig } from 'vitest/config';

/** Every test that needs npm alone. Suites with the suffix `.machine.test.ts` need root or Debian packages. */
export default defineConfig({
  test: {
    include: ['{packages,apps}/*/src/**/*.test.{ts,tsx}', '{tests,bench,tools}/src/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/*.machine.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
