/**
 * Makes the disk of a selling edge fail, at one call after the other, and starts the edge again on a disk that is well.
 * Whatever failed, it either went on or ended in order; what it had answered is then in the store, and it sells.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock as clock, systemTimers as timers } from '@holdfast/base';
import { type Campaign, createCampaign } from '../support/campaign.ts';
import { type EdgeChild, type EndedEdge, spawnEdge, type ToEdge } from '../support/edge-child.ts';
import { createEdgeLives, type EdgeLives, endWell, killAlive, mustStart } from '../support/edge-lives.ts';
import { type Seeded, seeded } from '../support/seeded.ts';
import { startSellers } from '../support/sellers.ts';
import { mustSell } from './edge-use.ts';
import { BIRTH_KINDS, drawFault, KINDS } from './io-faults.ts';
import { countHits, describeFault, type IoFault, underFault } from './strace.ts';

const SELLERS = 8;
const SELLING_MS_MIN = 80;
const SELLING_MS_MAX = 400;
/** Part of the lives that are told to stop rather than killed: a failing disk meets the way out, too. */
const STOPPED = 0.35;
const START_MS = 30_000;
const CHECK_PAGES_EVERY = 20;
/** Small, so that a first start has little to write; the reserve itself is tested on a full disk. */
const RESERVE_BYTES = 262_144;

export type IoTally = {
  campaign: Campaign;
  points: number;
  /** Points whose fault came true. */
  hit: number;
  /** Lives that ended by themselves, or did not start. */
  failStops: number;
};

type Input = {
  points: number;
  seed: number;
  /** Empty; removed by the caller. */
  folder: string;
  signal?: AbortSignal;
  tell?: (tally: IoTally) => void;
};

/** Runs `points` faults on one store, each in a life of its own. */
export async function runIoCampaign(input: Input): Promise<IoTally> {
  const campaign = createCampaign(join(input.folder, 'edge'), [503, 507]);
  const tally: IoTally = { campaign, points: 0, hit: 0, failStops: 0 };
  const random = seeded(input.seed);
  const lives = createEdgeLives({ folder: input.folder, ahead: 1 });
  const run = { tally, random, lives, folder: input.folder, start: startOf(campaign.folder) };
  try {
    await recover(run);
    for (let point = 0; point < input.points && !input.signal?.aborted; point += 1) {
      const fault = drawFault({ kinds: KINDS, point, folder: campaign.folder, random });
      await failOnce(run, fault);
      await recover(run);
      input.tell?.(tally);
    }
    await endWell({ campaign, edge: lives.next(), start: run.start });
  } finally {
    await lives.dispose();
  }
  return tally;
}

/** Runs `points` faults of a first start, each on a folder of its own; the second start makes what is missing. */
export async function runBirthFaults(input: Input): Promise<IoTally> {
  const random = seeded(input.seed);
  const lives = createEdgeLives({ folder: input.folder, ahead: 1 });
  const tally: IoTally = { campaign: createCampaign(input.folder), points: 0, hit: 0, failStops: 0 };
  try {
    for (let point = 0; point < input.points && !input.signal?.aborted; point += 1) {
      const campaign = createCampaign(join(input.folder, `edge-${point}`), [503, 507]);
      const one: IoTally = { ...tally, campaign };
      const run = { tally: one, random, lives, folder: input.folder, start: startOf(campaign.folder) };
      await failOnce(run, drawFault({ kinds: BIRTH_KINDS, point, folder: campaign.folder, random }));
      await recover(run);
      campaign.auditWhole();
      for (const problem of [...campaign.problems, ...campaign.lost, ...campaign.duplicated])
        tally.campaign.note(problem);
      Object.assign(tally, { points: one.points, hit: one.hit, failStops: one.failStops });
      rmSync(campaign.folder, { recursive: true });
      input.tell?.(tally);
    }
  } finally {
    await lives.dispose();
  }
  return tally;
}

type Run = { tally: IoTally; random: Seeded; lives: EdgeLives; folder: string; start: ToEdge };

function startOf(folder: string): ToEdge {
  return { flags: { '--data': folder, '--port': '0', '--reserve-bytes': String(RESERVE_BYTES) } };
}

/** One life under a fault, which ends by itself, or is stopped or killed after a while of selling. */
async function failOnce({ tally, random, folder, start }: Run, fault: IoFault): Promise<void> {
  const { campaign } = tally;
  const log = join(folder, 'strace.log');
  rmSync(log, { force: true });
  const edge = spawnEdge({ cacheFolder: join(folder, 'cache'), under: underFault(fault, log) });
  try {
    const ended = await liveUnderFault({ campaign, edge, random, start, prefix: `fault${tally.points}` });
    const hits = countHits(log);
    tally.points += 1;
    tally.hit += hits > 0 ? 1 : 0;
    tally.failStops += ended === undefined ? 0 : 1;
    const wrong = ended === undefined ? undefined : wrongEnd(ended, hits);
    if (wrong !== undefined) campaign.note(`${describeFault(fault)}: ${wrong}`);
  } finally {
    await edge.kill();
  }
}

/** How the edge ended by itself, or undefined when it lived until it was killed or stopped well. */
async function liveUnderFault(life: {
  campaign: Campaign;
  edge: EdgeChild;
  random: Seeded;
  start: ToEdge;
  prefix: string;
}): Promise<EndedEdge | undefined> {
  const { campaign, edge, random } = life;
  const cancel = timers.after(START_MS, () => void edge.kill());
  const started = await edge.start(life.start);
  cancel();
  if (started.kind === 'ended') return started;
  const { url, apiToken: token } = started;
  const sellers = startSellers({
    url,
    token,
    count: SELLERS,
    prefix: life.prefix,
    book: campaign.book,
    random: random.fork(),
    clock,
  });
  const sellingMs = random.int(SELLING_MS_MIN, SELLING_MS_MAX);
  const isStopped = random.chance(STOPPED);
  const early = await Promise.race([edge.ended, timers.sleep(sellingMs)]);
  const ended = early ?? (isStopped ? await edge.stop() : await edge.kill());
  await sellers.stop();
  // What was killed has no code of its own; what was stopped has 0, unless the disk failed on the way out.
  return early ?? (isStopped && ended.code !== 0 ? ended : undefined);
}

/** What is not as an operator may expect of an edge that ends. */
function wrongEnd({ code, stderr }: EndedEdge, hits: number): string | undefined {
  if (hits === 0) return `it ended with ${code} though nothing had failed: ${stderr}`;
  if (code !== 1) return `it ended with ${code} instead of saying what failed: ${stderr}`;
  return undefined;
}

/** A life on a disk that is well: everything acknowledged is there, nothing refused is, and it sells. */
async function recover({ tally, lives, start, random }: Run): Promise<void> {
  const { campaign } = tally;
  const edge = lives.next();
  try {
    const ready = await mustStart(edge, start);
    campaign.audit();
    if (tally.points % CHECK_PAGES_EVERY === 0) campaign.checkPages();
    await mustSell({ ...ready, campaign, prefix: `well${tally.points}`, random: random.fork() });
    await killAlive({ campaign, edge });
    campaign.audit();
  } finally {
    await edge.kill();
  }
}
