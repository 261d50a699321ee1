/**
 * From the end of the faults to rest: everything is started, reachable and has room again, and within a bounded time
 * nothing may wait any more. That it gets there is checked as much as what is there then.
 */
import type { Stage } from './disasters.ts';
import type { EdgeNode } from './edge-node.ts';

const LOOK_EVERY_MS = 5_000;
const REST_WITHIN_MS = 45 * 60_000;
/** An edge looks at the feed in each poll interval, which varies by a tenth; what it learns there is sent a little later. */
const LOOKS = 1.2;
const ROUNDS_MAX = 5;
const MARGIN_MS = 8_000;

/** Lets the world come to rest. Returns what keeps it from that. */
export async function comeToRest(stage: Stage): Promise<string[]> {
  const { world, operator } = stage;
  await endFaults(stage);
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const waiting = await untilQuiet(stage);
    if (waiting.length > 0) return waiting;
    if ((await stage.database.count('SELECT count(*) FROM boot WHERE superseded_at IS NOT NULL')) > 0)
      world.observer.saw('lease superseded');
    // Books what the state of a device has held back; what comes of it, and a till that asks again so late, is seen to next.
    const decided = await operator.emptyQuarantine();
    await world.scheduler.settle();
    if (decided === 0) return [];
  }
  return ['people decide about the quarantine again and again'];
}

async function endFaults({ world, fleet, hub, operator }: Stage): Promise<void> {
  const { scheduler } = world;
  for (const edge of fleet.all) {
    edge.link = 'up';
    edge.isDiskFull = false;
  }
  hub.archiveFails = false;
  for (let waited = 0; waited < 10 && !hub.isUp; waited += 1)
    await scheduler.runUntil(scheduler.nowMs + 5_000);
  for (const device of (await operator.devices()) ?? [])
    if (device.state === 'suspended') await operator.setState(device.device_id, 'active');
}

/** Runs until nothing has waited for as long as everybody needs to look around once. */
async function untilQuiet(stage: Stage): Promise<string[]> {
  const { world, fleet, operator, caretaker, database } = stage;
  const { scheduler, plan } = world;
  const untilMs = scheduler.nowMs + REST_WITHIN_MS;
  const quietForMs = LOOKS * plan.pollSeconds * 1_000 + MARGIN_MS;
  let quietSinceMs = scheduler.nowMs;
  let waiting: string[] = [];
  let hadUnsafe = false;
  while (scheduler.nowMs < untilMs) {
    await scheduler.runUntil(scheduler.nowMs + LOOK_EVERY_MS);
    waiting = fleet.asking > 0 ? [`people wait for ${fleet.asking} answers`] : [];
    const needy = await operator.lookAfter(fleet.all);
    if (plan.workflows > 0) caretaker.lookAfter(fleet.all);
    await scheduler.settle();
    waiting.push(...needy.map((name) => `${name} needs its operator`));
    for (const edge of fleet.all) if (edge.isUp) waiting.push(...whatWaits(edge));
    const unsafe = await database.count('SELECT count(*) FROM stream WHERE safe_seq < acked_seq');
    if (hadUnsafe && unsafe === 0) world.observer.saw('archive caught up');
    hadUnsafe = unsafe > 0;
    if (unsafe > 0) waiting.push(`${unsafe} streams are not in the archive`);
    if (waiting.length > 0) quietSinceMs = scheduler.nowMs;
    if (scheduler.nowMs - quietSinceMs >= quietForMs) return [];
  }
  return [`the world did not come to rest: ${waiting.join('; ')}`];
}

function whatWaits(edge: EdgeNode): string[] {
  const { context } = edge.composition;
  const one = (sql: string) => Number(context.db.prepare(sql).pluck().get());
  const pending = one('SELECT coalesce(sum(tip_seq - acked_seq), 0) FROM stream WHERE closed_at IS NULL');
  const pulling = one("SELECT count(*) FROM stream WHERE closed_why = 'repull'");
  return [
    ...(pending > 0 ? [`${edge.name} has ${pending} to send`] : []),
    ...context.workflows
      .countOpen()
      .map(({ status, count }) => `${edge.name} has ${count} workflows ${status}`),
    ...(pulling > 0 ? [`${edge.name} pulls entries back`] : []),
    ...(context.link.online ? [] : [`${edge.name} is offline: ${context.link.status().reason}`]),
    ...(context.senders.some((sender) => sender.paused) ? [`${edge.name} has paused`] : []),
  ];
}
