import { afterEach, describe, expect, it } from 'vitest';
import { createWorld, type World } from './testing-world.ts';

let world: World | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});

const INPUT = { amount: '1.00', currency: 'SEK' };
const HOUR_MS = 3_600_000;

/** A workflow that schedules another one, which takes `forMs` each time. */
async function open(schedule: string, duration: string): Promise<World> {
  world = await createWorld([
    `workflow_type: Work\nstate: { amount: money }\nsteps:\n  - name: Pause\n    type: WAIT\n    for: ${duration}\n`,
    `workflow_type: Plan
state: { amount: money, currency: string }
steps:
  - name: Hourly
    type: CRON_SCHEDULE
    cron: "0 * * * *"
    time_zone: Europe/Stockholm
    workflow_type: Work
    input: { amount: state.amount }
    ${schedule}
`,
  ]);
  await world.start('Plan', INPUT);
  return world;
}

const works = ({ workflows }: World) =>
  workflows
    .list({ workflow_type: 'Work' }, { limit: 100 })
    .instances.sort((a, b) => a.instance_no - b.instance_no);
const keys = (of: World) =>
  works(of).map(({ business_key }) => business_key?.slice('cron:hourly:2026-01-01T'.length, -8));

describe('a schedule', () => {
  it('starts its workflow at its times, once each, and can be ended', async () => {
    const of = await open('missed: one', '1m');
    await of.pass(3 * HOUR_MS + 30_000);
    expect(keys(of)).toEqual(['01:00', '02:00', '03:00']);
    expect(of.workflows.schedules()).toMatchObject([
      { order: { schedule: 'hourly', input: { amount: '1.00' } }, last_instance: works(of)[2]?.instance_id },
    ]);
    await Promise.all([of.workflows.unschedule('hourly'), of.pass(2 * HOUR_MS)]);
    expect(works(of)).toHaveLength(3);
  });

  it('is not moved by being made again as it is', async () => {
    const of = await open('missed: one', '1m');
    await of.pass(1.5 * HOUR_MS);
    const [before] = of.workflows.schedules();
    await of.start('Plan', { ...INPUT, currency: 'SEK' });
    expect(of.workflows.schedules()).toEqual([before]);
  });

  it.each([
    ['skip', ['01:00', '03:00'], 'completed'],
    ['queue', ['01:00', '02:00', '03:00'], 'completed'],
    ['cancel', ['01:00', '02:00', '03:00', '04:00'], 'cancelled'],
  ] as const)('%ss what comes while the one before runs', async (overlap, expected, first) => {
    const of = await open(`overlap: ${overlap}`, '70m');
    await of.pass(4 * HOUR_MS + 30_000);
    expect(keys(of)).toEqual(expected);
    expect(works(of)[0]?.status).toBe(first);
    expect(works(of).filter(({ ended_ms }) => ended_ms === null)).toHaveLength(1);
  });

  it.each([
    ['skip', 0],
    ['one', 1],
    ['all', 5],
  ] as const)(
    'with missed %s makes up for %i of the times that passed while nothing ran',
    async (missed, count) => {
      const of = await open(`missed: ${missed}\n    overlap: cancel`, '1m');
      const restarting = of.restart();
      of.ports.jumpWallClock(5.5 * HOUR_MS);
      await restarting;
      await of.pass(60_000);
      expect(works(of)).toHaveLength(count);
    },
  );

  it('starts nothing twice when the clock is set back', async () => {
    const of = await open('missed: all', '1m');
    await of.pass(2 * HOUR_MS + 30_000);
    of.ports.jumpWallClock(-HOUR_MS);
    await of.pass(HOUR_MS);
    expect(keys(of)).toEqual(['01:00', '02:00']);
    await of.pass(HOUR_MS);
    expect(keys(of)).toEqual(['01:00', '02:00', '03:00']);
  });

  it('passes over a time at which there is no such workflow', async () => {
    const of = await open('missed: all', '1m');
    await Promise.all([of.workflows.retire('Work'), of.pass(1.5 * HOUR_MS)]);
    expect(works(of)).toEqual([]);
    const [schedule] = of.workflows.schedules();
    expect(schedule?.next_ms).toBe(Date.parse('2026-01-01T02:00:00Z'));
  });
});
