/** One seed: draws a world, lets it live with its faults, lets it come to rest without them, and audits it. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from 'pg';
import { audit } from './auditor.ts';
import { Caretaker } from './caretaker.ts';
import { planDisasters, type Stage } from './disasters.ts';
import { Fleet } from './fleet.ts';
import { hubDatabase } from './hub-database.ts';
import { HubNode } from './hub-node.ts';
import { watchedLogger } from './log-watch.ts';
import { createNetwork, type Network } from './network.ts';
import { Operator } from './operator.ts';
import { Outside } from './outside.ts';
import { drawPlan } from './plan.ts';
import { randomnessOf } from './randomness.ts';
import { comeToRest } from './rest.ts';
import { SaleBook } from './sale-book.ts';
import { Scheduler } from './scheduler.ts';
import { createObserver, type Seen } from './sometimes.ts';
import { createTrace } from './trace.ts';
import { WorkflowBook } from './workflow-book.ts';
import { OUTSIDE_HOST } from './workflow-texts.ts';
import type { World } from './world.ts';

export type Outcome = {
  seed: number;
  sales: number;
  problems: string[];
  seen: Seen;
  traceHash: string;
  virtualMs: number;
};

/** Where simulations run: a server of PostgreSQL and a folder. */
export type Site = { admin: Client; serverUrl: string; folder: string };

const OPERATOR_EVERY_MS = 15_000;

export type Watch = {
  /** Hears what happens, line by line. */
  show?: (line: string) => void;
  /** Is given the world when it has been audited and found sound, before it ends. */
  look?: (stage: Stage) => Promise<void>;
};

/** Runs a seed. */
export async function simulate(site: Site, seed: number, watch: Watch = {}): Promise<Outcome> {
  const world = makeWorld(join(site.folder, `seed-${seed}`), seed, watch.show);
  const database = hubDatabase(site.admin, { serverUrl: site.serverUrl, name: `sim_${seed}` });
  await database.create();
  const hub = new HubNode(world, database);
  const problems: string[] = [];
  const book = new SaleBook();
  try {
    const outside = new Outside(world);
    const workflows = new WorkflowBook();
    const fleet = new Fleet(world, { network: networkTo(world, { hub, outside }), hub, book, workflows });
    const operator = new Operator(world, hub);
    const caretaker = new Caretaker(world);
    const sales = { operator, book };
    const stage: Stage = { world, fleet, hub, database, ...sales, workflows, outside, caretaker, problems };
    await live(stage);
    problems.push(...(await comeToRest(stage)));
    if (problems.length === 0) problems.push(...(await audit(stage)));
    if (problems.length === 0) await watch.look?.(stage);
    if (problems.length === 0) await endWell(stage);
  } catch (error) {
    problems.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  } finally {
    await hub.letGo();
    await database.drop();
    rmSync(world.folder, { recursive: true, force: true });
  }
  const { observer, trace, scheduler } = world;
  return {
    seed,
    sales: book.size,
    problems,
    seen: observer.seen,
    traceHash: trace.hash(),
    virtualMs: scheduler.nowMs,
  };
}

/** To the hub, and to what workflows call: two ways, so that who uses one draws nothing of the other. */
function networkTo(world: World, { hub, outside }: { hub: HubNode; outside: Outside }): Network {
  const toHub = createNetwork({ ...world, random: world.randomFor('network'), server: hub });
  const random = world.randomFor('network to the outside');
  const toOutside = createNetwork({ ...world, random, server: outside });
  const isOutside = (url: string) => new URL(url).host === OUTSIDE_HOST;
  return {
    send: (sender, request) => (isOutside(request.url) ? toOutside : toHub).send(sender, request),
  };
}

function makeWorld(folder: string, seed: number, show: Watch['show']): World {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const randomFor = randomnessOf(seed);
  const plan = drawPlan(randomFor('plan'), seed);
  const trace = createTrace(show);
  const observer = createObserver();
  const scheduler = new Scheduler({
    ties: randomFor('ties'),
    onEvent: ({ kind, node }, atMs) => trace.note(atMs, `${node}: ${kind}`),
  });
  show?.(JSON.stringify(plan));
  const world: World = {
    scheduler,
    randomFor,
    plan,
    observer,
    trace,
    folder,
    faults: { haveBegun: false },
    isFaulty: () => world.faults.haveBegun && scheduler.nowMs < plan.activeMs,
    logger: (node) =>
      watchedLogger(observer, (line) => show?.(`${scheduler.nowMs.toFixed(3)} ${node} says ${line}`)),
  };
  return world;
}

async function live(stage: Stage): Promise<void> {
  const { world, fleet, hub, operator, caretaker } = stage;
  const { scheduler, plan } = world;
  await hub.start();
  await operator.makeStore();
  world.faults.haveBegun = true;
  for (let i = 1; i <= plan.edges; i += 1) await fleet.addNew(`edge${i}`);
  planDisasters(stage);
  fleet.openTills();
  keepOperating(stage);
  if (plan.workflows > 0) caretaker.keepGoing(fleet.all);
  await scheduler.runUntil(plan.activeMs);
}

/** The operator looks around again and again, and now and then changes what is sold. */
function keepOperating(stage: Stage): void {
  const { world, fleet, operator } = stage;
  const random = world.randomFor('operating');
  const look = () =>
    world.scheduler.after(
      OPERATOR_EVERY_MS * (0.5 + random.unit()),
      { kind: 'looks around', node: 'operator' },
      async () => {
        if (!world.isFaulty()) return;
        await operator.lookAfter(fleet.all);
        if (random.chance(0.3)) await operator.changeMasterData();
        look();
      },
    );
  world.scheduler.after(0, { kind: 'looks around', node: 'operator' }, async () => {
    await operator.lookAfter(fleet.all);
    look();
  });
}

/** Ends every process in order; none may leave anything behind. */
async function endWell({ fleet, hub, problems }: Stage): Promise<void> {
  for (const edge of fleet.all) await edge.stop();
  await hub.stop();
  if (hub.connectionsHeld > 0) problems.push(`the hub leaves ${hub.connectionsHeld} connections`);
}
