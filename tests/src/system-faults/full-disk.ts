/**
 * Fills the disk of a selling edge at random moments, and empties it again. It sells for as long as its reserve lasts,
 * then refuses with `no_room`, and sells again by itself once there is room; nothing that was answered is lost, and
 * nothing that was refused is stored. It is also killed and started while the disk is full.
 */
import { join } from 'node:path';
import { systemClock as clock, systemTimers as timers } from '@holdfast/base';
import { type Campaign, createCampaign } from '../support/campaign.ts';
import type { EdgeChild, ReadyEdge, ToEdge } from '../support/edge-child.ts';
import { createEdgeLives, type EdgeLives, endWell, killAlive, mustStart } from '../support/edge-lives.ts';
import { type Seeded, seeded } from '../support/seeded.ts';
import { type Sellers, startSellers } from '../support/sellers.ts';
import { mountSmallDisk, type SmallDisk } from './small-disk.ts';

const DISK_BYTES = 48 * 2 ** 20;
const RESERVE_BYTES = 2 * 2 ** 20;
const FREE_BYTES_MIN = 512 * 2 ** 10;
const SELLERS = 6;
const SELLING_MS_MAX = 150;
/** Longer than the edge looks away from its disk. */
const FULL_MS = 450;
const AGAIN_MS = 10_000;
const POLL_MS = 20;
/** Part of the rounds in which the edge is killed on the full disk, and started there. */
const KILLED = 0.3;
/** Room in a round: none, less than a commit, some, or just what the edge wants. */
const LEFT_BYTES = [0, 0, 4_096, 65_536, FREE_BYTES_MIN - 65_536, FREE_BYTES_MIN + 16_384] as const;

export type FullDiskTally = {
  campaign: Campaign;
  rounds: number;
  /** Rounds in which sales were taken on a disk that was filled while there was a reserve. */
  soldOnReserve: number;
  /** Sales that were refused for want of room. */
  refused: number;
  /** Starts on a full disk, and how many of them sold or waited; the others said that there is no room. */
  startsWhenFull: number;
};

/** Runs `rounds` of filling and emptying; `folder` is empty and removed by the caller. */
export async function runFullDiskCampaign(input: {
  rounds: number;
  seed: number;
  folder: string;
  signal?: AbortSignal;
  tell?: (tally: FullDiskTally) => void;
}): Promise<FullDiskTally> {
  const disk = mountSmallDisk({ path: join(input.folder, 'disk'), bytes: DISK_BYTES });
  const campaign = createCampaign(join(disk.path, 'edge'), [503, 507]);
  const tally = { campaign, rounds: 0, soldOnReserve: 0, refused: 0, startsWhenFull: 0 };
  const lives = createEdgeLives({ folder: input.folder, ahead: 1 });
  const flags = {
    '--data': campaign.folder,
    '--port': '0',
    '--reserve-bytes': String(RESERVE_BYTES),
    '--free-bytes-min': String(FREE_BYTES_MIN),
  };
  const run = new Run({ tally, disk, lives, start: { flags }, random: seeded(input.seed) });
  try {
    for (let round = 1; round <= input.rounds && !input.signal?.aborted; round += 1) {
      await run.round();
      input.tell?.(tally);
    }
    await run.stop();
    await endWell({ campaign, edge: lives.next(), start: { flags } });
  } finally {
    await run.stop();
    await lives.dispose();
    disk.unmount();
  }
  return tally;
}

type Parts = {
  tally: FullDiskTally;
  disk: SmallDisk;
  lives: EdgeLives;
  start: ToEdge;
  random: Seeded;
};

/** The edge of the moment, with its sellers: it lives on from round to round, unless a round kills it. */
class Run {
  readonly #parts: Parts;
  #edge: EdgeChild | undefined;
  #sellers: Sellers | undefined;
  #lives = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async round(): Promise<void> {
    const { tally, disk, random } = this.#parts;
    tally.rounds += 1;
    if (this.#edge === undefined) await this.#begin();
    await timers.sleep(random.unit() * SELLING_MS_MAX);
    const left = random.pick(LEFT_BYTES);
    const before = tally.campaign.book.acknowledged;
    disk.fill(left);
    await timers.sleep(FULL_MS);
    if (tally.campaign.book.acknowledged > before) tally.soldOnReserve += 1;
    // The reserve was given back meanwhile: this takes it away as well.
    disk.fill(left);
    await timers.sleep(FULL_MS * random.unit());
    if (random.chance(KILLED)) await this.#startWhenFull();
    disk.empty();
    await this.#mustSellAgain(`round ${tally.rounds}, ${left} bytes left`);
  }

  async stop(): Promise<void> {
    const { tally } = this.#parts;
    const edge = this.#edge;
    this.#edge = undefined;
    if (edge !== undefined) await killAlive({ campaign: tally.campaign, edge });
    await this.#sellers?.stop();
    this.#sellers = undefined;
    tally.refused = [...tally.campaign.book.sales.values()].filter((posted) => posted.refused).length;
  }

  async #begin(): Promise<void> {
    const { lives, start, tally } = this.#parts;
    const edge = lives.next();
    const ready = await mustStart(edge, start);
    tally.campaign.audit();
    this.#sellTo(edge, ready);
  }

  #sellTo(edge: EdgeChild, ready: ReadyEdge): void {
    const { tally, random } = this.#parts;
    this.#lives += 1;
    this.#edge = edge;
    this.#sellers = startSellers({
      url: ready.url,
      token: ready.apiToken,
      count: SELLERS,
      prefix: `life${this.#lives}`,
      book: tally.campaign.book,
      random: random.fork(),
      clock,
    });
  }

  /** An edge that is killed on a full disk starts there, or says that there is no room. */
  async #startWhenFull(): Promise<void> {
    const { tally, lives, start } = this.#parts;
    await this.stop();
    const edge = lives.next();
    const outcome = await edge.start(start);
    tally.startsWhenFull += 1;
    if (outcome.kind === 'ready') return this.#sellTo(edge, outcome);
    if (outcome.code !== 1 || !outcome.stderr.includes('full'))
      tally.campaign.note(`a start on a full disk ended with ${outcome.code}: ${outcome.stderr}`);
  }

  async #mustSellAgain(when: string): Promise<void> {
    const { tally } = this.#parts;
    if (this.#edge === undefined) return await this.#begin();
    const before = tally.campaign.book.acknowledged;
    const endMs = clock.monotonicMs() + AGAIN_MS;
    while (tally.campaign.book.acknowledged === before) {
      const ended = await Promise.race([this.#edge.ended, timers.sleep(POLL_MS)]);
      if (ended !== undefined || clock.monotonicMs() > endMs) {
        const what =
          ended === undefined ? 'it does not sell again' : `it ended with ${ended.code}: ${ended.stderr}`;
        tally.campaign.note(`${when}: ${what}`);
        this.#edge = undefined;
        await this.#sellers?.stop();
        return;
      }
    }
  }
}
