/** A store to be damaged: an edge that was killed after it had sold, as it was then and as it was some sales earlier. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock as clock, systemPorts as ports, systemTimers as timers } from '@holdfast/base';
import { backupEdge, type EdgeOptions, edgeOptions } from '@holdfast/edge';
import { loadOptions } from '@holdfast/runtime';
import { type Campaign, createCampaign } from '../support/campaign.ts';
import { createEdgeLives, type EdgeLives, killAlive, mustStart } from '../support/edge-lives.ts';
import type { Seeded } from '../support/seeded.ts';
import { repeatOpen, startSellers } from '../support/sellers.ts';

export type DamageBase = {
  /** What was sold; every sale of it with a key is acknowledged. */
  campaign: Campaign;
  /** The data folder, with a backup of it in `backups`. */
  now: string;
  /** The data folder as it was before. */
  earlier: string;
};

const EARLY_SALES = 120;
/** Enough for the writer to have copied its log into the database meanwhile. */
const ALL_SALES = 700;
const SELLERS = 6;
const POLL_MS = 5;

/** Makes it in `folder`, which is empty. */
export async function makeDamageBase(at: { folder: string; random: Seeded }): Promise<DamageBase> {
  const now = join(at.folder, 'now');
  const earlier = join(at.folder, 'earlier');
  const campaign = createCampaign(now);
  const lives = createEdgeLives({ folder: at.folder, ahead: 1 });
  try {
    await sellUntil({ ...at, campaign, lives, sales: EARLY_SALES, prefix: 'early' });
    await backupEdge({ options: optionsOf(now), ports });
    cpSync(now, earlier, { recursive: true });
    await sellUntil({ ...at, campaign, lives, sales: ALL_SALES, prefix: 'late' });
    campaign.audit();
    await backupEdge({ options: optionsOf(now), ports });
  } finally {
    await lives.dispose();
  }
  return { campaign, now, earlier };
}

/** The options of an edge on a data folder, whose reserve takes no time to make. */
export function optionsOf(folder: string): EdgeOptions {
  return loadOptions(edgeOptions, {
    env: {},
    flags: { '--data': folder, '--port': '0', '--reserve-bytes': '65536' },
  });
}

/** Sells until the book has so many, then kills the edge with its log as it is. */
async function sellUntil(at: {
  campaign: Campaign;
  lives: EdgeLives;
  random: Seeded;
  sales: number;
  prefix: string;
}): Promise<void> {
  const { campaign } = at;
  const edge = at.lives.next();
  const flags = { '--data': campaign.folder, '--port': '0', '--reserve-bytes': '65536' };
  try {
    const { url, apiToken: token } = await mustStart(edge, { flags });
    const to = { url, token, book: campaign.book };
    const sellers = startSellers({ ...to, ...at, count: SELLERS, random: at.random.fork(), clock });
    while (campaign.book.acknowledged < at.sales) await timers.sleep(POLL_MS);
    await sellers.stop();
    await repeatOpen(to);
    await killAlive({ campaign, edge });
  } finally {
    await edge.kill();
  }
}
