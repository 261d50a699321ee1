/** What happens to whole machines while the faults last, drawn before the world begins and put into its queue. */
import { join } from 'node:path';
import type { Seeded } from '../support/seeded.ts';
import type { Caretaker } from './caretaker.ts';
import type { Fleet } from './fleet.ts';
import { type Holdings, heldAgain, markDestroyed, readHoldings } from './holdings.ts';
import type { HubDatabase } from './hub-database.ts';
import type { HubNode } from './hub-node.ts';
import type { Operator } from './operator.ts';
import type { Outside } from './outside.ts';
import type { Fault } from './plan.ts';
import type { SaleBook } from './sale-book.ts';
import type { WorkflowBook } from './workflow-book.ts';
import type { World } from './world.ts';

export type Stage = {
  world: World;
  fleet: Fleet;
  hub: HubNode;
  database: HubDatabase;
  operator: Operator;
  book: SaleBook;
  workflows: WorkflowBook;
  outside: Outside;
  caretaker: Caretaker;
  problems: string[];
};

type Disaster = (stage: Stage, random: Seeded) => void;

const YEAR_MS = 31_557_600_000;

/** Puts the disasters of the plan into the queue. */
export function planDisasters(stage: Stage): void {
  for (const [fault, { most, disaster }] of Object.entries(DISASTERS)) {
    const rate = stage.world.plan.rates[fault as Fault]; // The table's names are faults.
    const random = stage.world.randomFor(`disaster ${fault}`);
    const count = rate === 0 ? 0 : Math.max(1, Math.round(most * rate * random.unit()));
    for (let i = 0; i < count; i += 1) disaster(stage, random);
  }
}

const DISASTERS: Partial<Record<Fault, { most: number; disaster: Disaster }>> = {
  cut: { most: 12, disaster: cutLink },
  crash: { most: 6, disaster: crashIdle },
  clock: { most: 6, disaster: jumpClock },
  disk_full: { most: 4, disaster: fillDisk },
  restore_disk: { most: 3, disaster: restoreDisk },
  clone_disk: { most: 2, disaster: cloneDisk },
  hub_crash: { most: 4, disaster: crashHub },
  archive: { most: 3, disaster: breakArchive },
  restore_hub: { most: 2, disaster: restoreHub },
  suspend: { most: 3, disaster: suspend },
  revoke: { most: 1, disaster: revoke },
};

function cutLink(stage: Stage, random: Seeded): void {
  const edge = random.pick(stage.fleet.first);
  const state = random.pick(['cut', 'cut', 'requests', 'answers'] as const);
  const lastsMs = random.int(3_000, 100_000);
  at(stage, random, `link ${state}`, () => {
    edge.link = state;
    stage.world.scheduler.after(lastsMs, { kind: 'link up', node: edge.name }, () => {
      edge.link = 'up';
    });
  });
}

function crashIdle(stage: Stage, random: Seeded): void {
  const edge = random.pick(stage.fleet.first);
  at(stage, random, 'kill', () => {
    if (edge.isUp) stage.world.observer.saw('crash: idle');
    edge.kill();
  });
}

function jumpClock(stage: Stage, random: Seeded): void {
  const edge = random.pick(stage.fleet.first);
  const bound = random.pick([60_000, 3_600_000, 20 * YEAR_MS]);
  const byMs = Math.floor((2 * random.unit() - 1) * bound);
  at(stage, random, 'clock jumps', () => {
    edge.clockOffsetMs += byMs;
    stage.world.observer.saw('clock jumped');
  });
}

function fillDisk(stage: Stage, random: Seeded): void {
  const edge = random.pick(stage.fleet.first);
  const lastsMs = random.int(5_000, 60_000);
  at(stage, random, 'disk full', () => {
    edge.isDiskFull = true;
    stage.world.scheduler.after(lastsMs, { kind: 'disk has room', node: edge.name }, () => {
      edge.isDiskFull = false;
    });
  });
}

function restoreDisk(stage: Stage, random: Seeded): void {
  const { world, fleet } = stage;
  const edge = random.pick(fleet.first);
  const folder = join(world.folder, `copy-${edge.name}-${random.int(0, 1e9)}`);
  const withSentinel = random.chance(0.5);
  const [copyMs, backMs] = twoMoments(stage, random);
  let isCopied = false;
  world.scheduler.after(copyMs, { kind: 'disk copied', node: edge.name }, () => {
    edge.copyTo(folder);
    isCopied = true;
  });
  world.scheduler.after(backMs, { kind: 'disk put back', node: edge.name }, async () => {
    if (!isCopied || !world.isFaulty()) return;
    const before = await holdings(stage);
    edge.kill();
    stage.workflows.noteMoved(edge);
    edge.putBack(folder, { withSentinel });
    fleet.restartSoon(edge);
    markDestroyed(stage, { before, after: await holdings(stage) });
    world.observer.saw(
      withSentinel ? 'disk restored with its sentinel' : 'disk restored without its sentinel',
    );
  });
}

function cloneDisk(stage: Stage, random: Seeded): void {
  const { world, fleet } = stage;
  const edge = random.pick(fleet.first);
  at(stage, random, 'disk cloned', async () => {
    const folder = join(world.folder, `clone-${edge.name}-${random.int(0, 1e9)}`);
    edge.copyTo(folder);
    stage.workflows.noteMoved(edge);
    stage.workflows.noteMoved(await fleet.addClone(edge, folder));
    world.observer.saw('clone of a disk');
  });
}

function crashHub(stage: Stage, random: Seeded): void {
  at(stage, random, 'kill hub', () => stage.hub.kill());
}

function breakArchive(stage: Stage, random: Seeded): void {
  const lastsMs = random.int(5_000, 120_000);
  at(stage, random, 'archive away', () => {
    stage.hub.archiveFails = true;
    stage.world.scheduler.after(lastsMs, { kind: 'archive back', node: 'hub' }, () => {
      stage.hub.archiveFails = false;
    });
  });
}

function restoreHub(stage: Stage, random: Seeded): void {
  const { world, hub, database, fleet } = stage;
  const [copyMs, backMs] = twoMoments(stage, random);
  const how = random.pick(['bare', 'bare', 'in_place', 'archive'] as const);
  let isCopied = false;
  world.scheduler.after(copyMs, { kind: 'hub copied', node: 'hub' }, async () => {
    await hub.letGo();
    await database.keep();
    isCopied = true;
    fleet.startHubSoon();
  });
  world.scheduler.after(backMs, { kind: `hub put back: ${how}`, node: 'hub' }, async () => {
    if (!isCopied || !world.isFaulty()) return;
    const before = await holdings(stage);
    await hub.letGo();
    await hub.restore(how);
    fleet.startHubSoon();
    const after = await holdings(stage);
    markDestroyed(stage, { before, after: heldAgain(after) });
    world.observer.saw(`hub restored: ${how}`);
  });
}

function suspend(stage: Stage, random: Seeded): void {
  const { world, operator } = stage;
  const lastsMs = random.int(5_000, 90_000);
  const draw = random.fork();
  at(stage, random, 'suspend', async () => {
    const device = await pickDevice(stage, draw);
    if (device === undefined || !(await operator.setState(device, 'suspended'))) return;
    world.observer.saw('device suspended');
    world.scheduler.after(lastsMs, { kind: 'activate', node: 'operator' }, async () => {
      if (await operator.setState(device, 'active')) world.observer.saw('device activated');
    });
  });
}

function revoke(stage: Stage, random: Seeded): void {
  const draw = random.fork();
  at(stage, random, 'revoke', async () => {
    const device = await pickDevice(stage, draw);
    if (device === undefined || !(await stage.operator.setState(device, 'revoked'))) return;
    stage.world.observer.saw('device revoked');
  });
}

async function pickDevice({ operator }: Stage, random: Seeded): Promise<string | undefined> {
  const active = (await operator.devices())?.filter(({ state }) => state === 'active') ?? [];
  return active.length === 0 ? undefined : random.pick(active).device_id;
}

function holdings({ fleet, database, hub }: Stage): Promise<Holdings> {
  return readHoldings(fleet.all, { url: database.url, archived: hub.archived });
}

/** At a random moment while the faults last. */
function at(stage: Stage, random: Seeded, kind: string, run: () => void | Promise<void>): void {
  const { scheduler, plan } = stage.world;
  scheduler.after(random.unit() * plan.activeMs, { kind, node: 'disaster' }, run);
}

function twoMoments({ world }: Stage, random: Seeded): [number, number] {
  const [a, b] = [random.unit() * world.plan.activeMs, random.unit() * world.plan.activeMs];
  return [Math.min(a, b), Math.max(a, b)];
}
