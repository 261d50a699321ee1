/**
 * Cuts the power of a selling edge again and again and starts it again on the same disk. After every cut its store is
 * compared with what the sellers were told.
 */
import { join } from 'node:path';
import { systemClock as clock, systemTimers as timers } from '@holdfast/base';
import { type Campaign, createCampaign } from '../support/campaign.ts';
import type { EdgeChild, ToEdge } from '../support/edge-child.ts';
import { createEdgeLives, endWell, mustStart } from '../support/edge-lives.ts';
import { type Seeded, seeded } from '../support/seeded.ts';
import { startSellers } from '../support/sellers.ts';
import { createPowerDisk, type FileSystem, type PowerDisk } from './disk.ts';

const SELLERS = 8;
const SELLING_MS_MIN = 30;
const SELLING_MS_MAX = 400;
/** Part of the lives that sell long enough for the writer to copy its log into the database meanwhile. */
const LONG = 0.04;
const LONG_MS = 3_000;
/** Part of the cuts that fall into a start; the first of all is one of them. */
const EARLY = 0.15;
const EARLY_MS = 250;
const DISK_BYTES = 320 * 2 ** 20;
const DISK_BYTES_PER_CUT = 4 * 2 ** 20;
/** Small, so that the image stays small; the reserve is not what is tested. */
const RESERVE_BYTES = 1_048_576;
const CONTROL_CUTS_MAX = 5;

type Input = {
  cuts: number;
  seed: number;
  /** For the image and its mount; removed by the caller. */
  folder: string;
  fileSystem: FileSystem;
  signal?: AbortSignal;
  tell?: (campaign: Campaign, cut: number) => void;
};

/** Runs `cuts` cuts of a durable edge. */
export async function runPowerCampaign(input: Input): Promise<Campaign> {
  return await runOn({ ...input, name: 'disk', synchronous: undefined });
}

/**
 * Runs cuts of an edge at `synchronous=NORMAL`, which must lose sales: ends with the first cut that did. A campaign
 * in which nothing is lost shows that the cuts do not cut.
 */
export async function runControl(input: Omit<Input, 'cuts'>): Promise<Campaign> {
  return await runOn({ ...input, cuts: CONTROL_CUTS_MAX, name: 'control', synchronous: 'NORMAL' });
}

async function runOn(input: Input & { name: string; synchronous: 'NORMAL' | undefined }): Promise<Campaign> {
  const isControl = input.synchronous !== undefined;
  const disk = await createPowerDisk({ ...input, bytes: DISK_BYTES + input.cuts * DISK_BYTES_PER_CUT });
  const campaign = createCampaign(join(disk.path, 'edge'));
  const flags = {
    '--data': campaign.folder,
    '--port': '0',
    '--reserve-bytes': String(RESERVE_BYTES),
  };
  const start: ToEdge = { flags, synchronous: input.synchronous };
  const random = seeded(input.seed);
  const lives = createEdgeLives({ folder: input.folder, ahead: 1 });
  try {
    for (let cut = 1; cut <= input.cuts && !input.signal?.aborted; cut += 1) {
      const isEarly = !isControl && (cut === 1 || random.chance(EARLY));
      const life: Life = { campaign, disk, edge: lives.next(), random, start, prefix: `life${cut}` };
      await (isEarly ? startAndCut(life) : sellAndCut(life));
      await disk.recover();
      if (isControl) campaign.audit();
      input.tell?.(campaign, cut);
      if (isControl && campaign.lost.size > 0) return campaign;
    }
    if (!isControl) await endWell({ campaign, edge: lives.next(), start });
    return campaign;
  } finally {
    await lives.dispose();
    await disk.unmount();
  }
}

type Life = {
  campaign: Campaign;
  disk: PowerDisk;
  edge: EdgeChild;
  random: Seeded;
  start: ToEdge;
  prefix: string;
};

async function startAndCut({ disk, edge, random, start }: Life): Promise<void> {
  await edge.loaded;
  const starting = edge.start(start);
  await timers.sleep(random.unit() * EARLY_MS);
  await disk.cut(() => undefined);
  await edge.kill();
  await starting;
}

async function sellAndCut({ campaign, disk, edge, random, start, prefix }: Life): Promise<void> {
  const ready = await mustStart(edge, start);
  try {
    if (start.synchronous === undefined) campaign.audit();
    let isFailing = false;
    const sellers = startSellers({
      url: ready.url,
      token: ready.apiToken,
      count: SELLERS,
      prefix,
      book: campaign.book,
      random: random.fork(),
      clock,
      isFailing: () => isFailing,
    });
    await timers.sleep(random.int(SELLING_MS_MIN, random.chance(LONG) ? LONG_MS : SELLING_MS_MAX));
    await disk.cut(() => {
      isFailing = true;
    });
    await edge.kill();
    await sellers.stop();
  } finally {
    await edge.kill();
  }
}
