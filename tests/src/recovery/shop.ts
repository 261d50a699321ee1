/** A store of a campaign: a data folder, the edge processes on it one after the other, its tills, and what they know. */
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '@holdfast/base';
import { createEdgeClient, type EdgeClient, fetchTransport } from '@holdfast/client';
import type { EdgeChild } from '../support/edge-child.ts';
import { type EdgeLives, mustStart } from '../support/edge-lives.ts';
import { createSaleBook, type SaleBook } from '../support/sale-book.ts';
import type { Seeded } from '../support/seeded.ts';
import { type Sellers, startSellers } from '../support/sellers.ts';
import { until } from '../system/constellation.ts';

export type Shop = {
  readonly name: string;
  readonly folder: string;
  readonly book: SaleBook;
  /** Of the running edge. */
  readonly client: EdgeClient;
  readonly isRunning: boolean;
  /** Starts an edge on the folder. */
  start(flags?: Record<string, string>): Promise<void>;
  /** The tills begin to sell. */
  open(): void;
  /** The tills end; what was under way stays open in the book, and is repeated when they open again. */
  closeTills(): Promise<void>;
  kill(): Promise<void>;
  /** Ends the edge in good order; a sentence if that did not go well. */
  stop(): Promise<string | undefined>;
  /** Copies the folder as it is at one instant, as a snapshot of the disk would. */
  copyDisk(to: string): Promise<void>;
  /** Waits until the hub has everything; the tills must be closed. */
  settle(): Promise<void>;
};

const TILLS = 2;
const PAUSE_MS = 25;
const SETTLE_MS = 60_000;
const DATABASE = ['edge.db', 'edge.db-wal', 'edge.db-shm'] as const;

type Settings = { name: string; folder: string; lives: EdgeLives; hubUrl: string; random: Seeded };

export function createShop(settings: Settings): Shop {
  return new ShopOfLives(settings);
}

class ShopOfLives implements Shop {
  readonly name: string;
  readonly folder: string;
  readonly book = createSaleBook([503], { placesMove: true });
  readonly #settings: Settings;
  #openings = 0;
  #running: { edge: EdgeChild; url: string; token: string; client: EdgeClient } | undefined;
  #tills: Sellers | undefined;

  constructor(settings: Settings) {
    this.name = settings.name;
    this.folder = settings.folder;
    this.#settings = settings;
  }

  get client(): EdgeClient {
    return this.#now().client;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  async start(flags: Record<string, string> = {}): Promise<void> {
    const { lives, hubUrl } = this.#settings;
    const edge = lives.next();
    const own = { '--data': this.folder, '--hub-url': hubUrl, '--device-name': this.name };
    const { url, apiToken: token } = await mustStart(edge, { flags: { ...FLAGS, ...own, ...flags } });
    const client = createEdgeClient({ baseUrl: url, token, transport: fetchTransport });
    this.#running = { edge, url, token, client };
  }

  open(): void {
    this.#openings += 1;
    const { url, token } = this.#now();
    this.#tills = startSellers({
      url,
      token,
      count: TILLS,
      prefix: `${this.name}/${this.#openings}`,
      book: this.book,
      random: this.#settings.random.fork(),
      clock: systemClock,
      pauseMs: PAUSE_MS,
    });
  }

  async closeTills(): Promise<void> {
    await this.#tills?.stop();
    this.#tills = undefined;
  }

  async kill(): Promise<void> {
    await this.#now().edge.kill();
    await this.closeTills();
    this.#running = undefined;
  }

  async stop(): Promise<string | undefined> {
    await this.closeTills();
    const { code, stderr } = await this.#now().edge.stop();
    this.#running = undefined;
    return code === 0 ? undefined : `${this.name} was stopped, and ended with ${code}: ${stderr}`;
  }

  async copyDisk(to: string): Promise<void> {
    const copy = () => execFileSync('cp', ['-a', this.folder, to]);
    if (this.#running) await this.#running.edge.whileFrozen(copy);
    else copy();
  }

  async settle(): Promise<void> {
    const { client } = this.#now();
    const isSettled = async () => {
      await client.push().catch(() => undefined); // Refused while the link is down; the next one may not be.
      const { lanes, attention } = await client.status();
      return attention === null && lanes.every(({ pending }) => pending === 0);
    };
    await until(`the hub has everything of ${this.name}`, isSettled, SETTLE_MS);
  }

  #now() {
    if (this.#running === undefined) throw new Error(`${this.name} does not run`);
    return this.#running;
  }
}

/** An edge that looks down often, and keeps no disk space back, of which a copy would be made each time. */
const FLAGS = { '--port': '0', '--sync-poll-seconds': '1', '--reserve-bytes': '65536' };

/** Puts the database of `copy` in the place of that in `folder`; nobody may have it open. */
export function putDatabaseBack({
  folder,
  copy,
  withSentinel,
}: {
  folder: string;
  copy: string;
  withSentinel: boolean;
}): void {
  for (const file of withSentinel ? [...DATABASE, 'sentinel'] : DATABASE) {
    rmSync(join(folder, file), { force: true });
    if (existsSync(join(copy, file))) execFileSync('cp', ['-a', join(copy, file), join(folder, file)]);
  }
}
