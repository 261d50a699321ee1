/**
 * Kills a selling edge again and again, each time at a random moment, and starts it again on the same data folder.
 * After every start its store is compared with what the sellers were told.
 */
import { join } from 'node:path';
import { systemClock as clock, systemTimers as timers } from '@holdfast/base';
import { type Campaign, createCampaign } from '../support/campaign.ts';
import type { EdgeChild, ToEdge } from '../support/edge-child.ts';
import { createEdgeLives, endWell, killAlive, mustStart } from '../support/edge-lives.ts';
import { type Seeded, seeded } from '../support/seeded.ts';
import { startSellers } from '../support/sellers.ts';

const SELLERS = 8;
/** Part of the lives that end while they start; the first of all is one of them. */
const EARLY = 0.2;
const EARLY_MS = 250;
const SELLING_MS = 250;
/** Part of the lives that sell long enough for the writer to copy its log into the database meanwhile. */
const LONG = 0.02;
const LONG_MS = 3_000;
const CHECK_PAGES_EVERY = 50;

/** Runs `cycles` kills in `folder`, which must be empty; `tell` hears after each one. */
export async function runCrashCampaign(input: {
  cycles: number;
  seed: number;
  folder: string;
  /** Ends the campaign after the life at hand. */
  signal?: AbortSignal;
  tell?: (campaign: Campaign, cycle: number) => void;
}): Promise<Campaign> {
  const campaign = createCampaign(join(input.folder, 'edge'));
  const start: ToEdge = { flags: { '--data': campaign.folder, '--port': '0' } };
  const random = seeded(input.seed);
  const lives = createEdgeLives({ folder: input.folder, ahead: 2 });
  try {
    for (let cycle = 1; cycle <= input.cycles && !input.signal?.aborted; cycle += 1) {
      const life: Life = { campaign, edge: lives.next(), random, start, cycle };
      await (cycle === 1 || random.chance(EARLY) ? startAndDie(life) : sellAndDie(life));
      input.tell?.(campaign, cycle);
    }
    await endWell({ campaign, edge: lives.next(), start });
  } finally {
    await lives.dispose();
  }
  return campaign;
}

type Life = { campaign: Campaign; edge: EdgeChild; random: Seeded; start: ToEdge; cycle: number };

async function startAndDie(life: Life): Promise<void> {
  const { edge, random, start } = life;
  await edge.loaded;
  const starting = edge.start(start);
  await timers.sleep(random.unit() * EARLY_MS);
  await killAlive(life);
  await starting;
}

async function sellAndDie(life: Life): Promise<void> {
  const { campaign, edge, random, start, cycle } = life;
  try {
    const ready = await mustStart(edge, start);
    campaign.audit();
    if (cycle % CHECK_PAGES_EVERY === 0) campaign.checkPages();
    const sellers = startSellers({
      url: ready.url,
      token: ready.apiToken,
      count: SELLERS,
      prefix: `life${cycle}`,
      book: campaign.book,
      random: random.fork(),
      clock,
    });
    await timers.sleep(random.unit() * (random.chance(LONG) ? LONG_MS : SELLING_MS));
    await killAlive(life);
    await sellers.stop();
  } finally {
    await edge.kill();
  }
}
