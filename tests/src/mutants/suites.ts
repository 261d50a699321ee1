/** The suites a mutant is shown to: what each runs, from the root of a checkout, with Node 24. */

export const SUITES = {
  /** Tests beside the source of the packages that need nothing else. */
  core: vitest(
    'packages/base',
    'packages/money',
    'packages/crypto',
    'packages/protocol',
    'packages/journal',
    'packages/commerce',
    'packages/client',
  ),
  edge: vitest('packages/edge'),
  hub: vitest('packages/hub'),
  till: vitest('apps/till'),
  verify: vitest('packages/verify'),
  /** The commands of recovery, with real processes. */
  commands: vitest('apps/cli/src/commands'),
  /** A disk that cannot be read; needs root and strace. */
  disk: vitest('tests/src/system-faults/unreadable-log', { config: 'vitest.machine.config.ts' }),
  /** Edge and hub together. */
  system: vitest('tests/src/system'),
  proxy: vitest('tests/src/proxy'),
  crash: ['tests/src/crash/main.ts', '--cycles', '8', '--seed', '1', '--json'],
  power: ['tests/src/power/main.ts', '--cuts', '8', '--seed', '1', '--json'],
  sim: ['tests/src/sim/main.ts', '--seeds', '60', '--json'],
} as const satisfies Record<string, readonly string[]>;

export type SuiteName = keyof typeof SUITES;

export const SUITE_NAMES = Object.keys(SUITES) as SuiteName[]; // The keys of the table.

function vitest(...of: readonly (string | { config: string })[]): readonly string[] {
  const paths = of.filter((each) => typeof each === 'string');
  const config = of.find((each) => typeof each !== 'string')?.config ?? 'vitest.config.ts';
  return [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--config',
    config,
    '--bail=1',
    '--reporter=dot',
    '--maxWorkers=1',
    ...paths,
  ];
}
