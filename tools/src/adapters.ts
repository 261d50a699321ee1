/**
 * The files that may touch what is not a function of state and input: clock, randomness, timers, environment,
 * console. Everything else takes a port, so that it can run on a virtual clock. A row that is no longer needed fails.
 */

export type Ambient = 'clock' | 'random' | 'timer' | 'environment' | 'console';

export type Adapter = { uses: readonly Ambient[]; reason: string };

export const ADAPTERS: Readonly<Record<string, Adapter>> = {
  'packages/base/src/system.ts': {
    uses: ['clock', 'random', 'timer'],
    reason: 'The real ports of every process.',
  },
  'packages/runtime/src/environment.ts': {
    uses: ['environment'],
    reason: 'The one reader of environment variables; options take the result as an argument.',
  },
  'packages/runtime/src/files.ts': {
    uses: ['random'],
    reason: 'Names of temporary files: they must not collide, and no caller sees them.',
  },
  'packages/edge/src/writer/writer.ts': {
    uses: ['timer'],
    reason:
      'Gathers the commands of one turn of the event loop into a commit; setImmediate is that turn, not a delay.',
  },
  'packages/hub/src/postgres/cluster.ts': {
    uses: ['random'],
    reason: 'Name of a folder in the making: it must not collide, and is renamed when it is whole.',
  },
  'packages/hub/src/postgres/test-server.ts': {
    uses: ['environment'],
    reason:
      'Set-up of the suites: hands the address of PostgreSQL to the workers, which inherit the environment.',
  },
  'packages/hub/src/postgres/testing.ts': {
    uses: ['environment'],
    reason: 'Help for suites: reads the address that the set-up left.',
  },
  'packages/hub/src/archive/folder-archive.ts': {
    uses: ['random'],
    reason: 'Names of segments in the making: they must not collide, and are renamed when they are whole.',
  },
  'apps/cli/bin/holdfast.js': {
    uses: ['environment'],
    reason: 'Tells threads and children where the compile cache is; Node has no other way.',
  },
  'apps/cli/src/dev/testing.ts': {
    uses: ['environment'],
    reason: 'Help for suites: the processes they start inherit the environment.',
  },
  'apps/till/src/platform.ts': {
    uses: ['clock', 'random', 'timer'],
    reason: 'The real ports of the browser.',
  },
};
