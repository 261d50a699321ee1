import { defineConfig } from 'vitest/config';

/**
 * Suites that need root or Debian packages (`.ci/debian-packages`): power cuts, full disks, moved clocks. One at a
 * time, because they change the machine they run on.
 */
export default defineConfig({
  test: {
    include: ['**/*.machine.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    testTimeout: 300_000,
    hookTimeout: 120_000,
    maxWorkers: 1,
    fileParallelism: false,
  },
});
