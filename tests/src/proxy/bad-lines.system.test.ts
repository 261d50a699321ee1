/** Lines that are slow, lose what they carry, or answer nothing: sales go on, and stand in the ledger once. */
import { afterAll, beforeAll, describe, it } from 'vitest';
import { loseAnswer } from './faults.ts';
import { BATCH, type ProxiedWorld, startProxiedWorld } from './proxied-world.ts';
import { ONLINE, runScenario, type Scenario } from './scenario.ts';

const TIMEOUT = { state: 'offline', reason: 'timeout' } as const;
const UNREACHABLE = { state: 'offline', reason: 'unreachable' } as const;

const SCENARIOS: readonly Scenario[] = [
  {
    name: 'is slow, both ways',
    fault: () => ({ kind: 'delay', requestMs: 60, answerMs: 60 }),
    link: ONLINE,
    goesUp: true,
  },
  {
    name: 'brings answers after nobody waits for them any more',
    fault: () => ({ kind: 'delay', requestMs: 0, answerMs: 2_000 }),
    link: TIMEOUT,
    goesUp: false,
  },
  {
    name: 'swallows requests',
    fault: () => ({ kind: 'lose', ending: 'hang' }),
    link: TIMEOUT,
    goesUp: false,
  },
  {
    name: 'swallows answers',
    fault: () => loseAnswer('hang'),
    link: TIMEOUT,
    goesUp: false,
  },
  {
    name: 'resets before a request arrives',
    fault: () => ({ kind: 'lose', ending: 'reset' }),
    link: UNREACHABLE,
    goesUp: false,
  },
  {
    name: 'resets in place of the answer',
    fault: () => loseAnswer('reset'),
    link: UNREACHABLE,
    goesUp: false,
  },
  {
    name: 'resets in place of the answers to batches alone',
    fault: ({ path }) => (path === BATCH ? loseAnswer('reset') : { kind: 'pass' }),
    link: ONLINE,
    goesUp: false,
  },
  { name: 'takes connections and answers nothing', fault: 'deaf', link: TIMEOUT, goesUp: false },
  {
    name: 'brings requests byte by byte',
    fault: () => ({ kind: 'trickle', way: 'request', bytes: 1, everyMs: 20 }),
    link: TIMEOUT,
    goesUp: false,
  },
  {
    name: 'brings answers byte by byte',
    fault: () => ({ kind: 'trickle', way: 'answer', bytes: 1, everyMs: 20 }),
    link: TIMEOUT,
    goesUp: false,
  },
  {
    name: 'brings both a few bytes at a time, in time',
    fault: () => ({ kind: 'trickle', way: 'both', bytes: 64, everyMs: 2 }),
    link: ONLINE,
    goesUp: true,
  },
];

describe('a line that', { timeout: 120_000 }, () => {
  let world: ProxiedWorld;
  beforeAll(async () => {
    world = await startProxiedWorld({ edges: SCENARIOS.length });
  });
  afterAll(async () => await world.close());

  it.each(SCENARIOS)('$name', (scenario) => runScenario(world, scenario));
});
