/** The shops of a campaign, and the person who enrols an edge again when it asks for it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, systemTimers } from '@holdfast/base';
import { LinkError } from '@holdfast/client';
import type { EdgeLives } from '../support/edge-lives.ts';
import type { SaleBook } from '../support/sale-book.ts';
import type { Seeded } from '../support/seeded.ts';
import { until } from '../system/constellation.ts';
import type { Central } from './central.ts';
import { judgeStore } from './judgement.ts';
import { createShop, type Shop } from './shop.ts';

export type Fleet = {
  readonly shops: readonly Shop[];
  /** Of every shop there ever was. */
  readonly books: readonly SaleBook[];
  readonly problems: string[];
  /** A shop that is enrolled and sells. */
  addShop(): Promise<Shop>;
  /** A shop on a copy of another's disk, which sells as well. */
  addTwin(folder: string): Promise<Shop>;
  /** Closes a shop for good, once the hub has everything of it, and judges its store. */
  retire(shop: Shop): Promise<void>;
  /** Shops that were enrolled again: what their store lacked then, the hub does not give to who they are now. */
  readonly renewed: ReadonlySet<Shop>;
  dispose(): Promise<void>;
};

const LOOK_MS = 100;
const ENROLLED_MS = 30_000;

export function createFleet(at: {
  folder: string;
  central: Central;
  lives: EdgeLives;
  random: Seeded;
}): Fleet {
  const { central } = at;
  const shops = new Set<Shop>();
  const books: SaleBook[] = [];
  const problems: string[] = [];
  const renewed = new Set<Shop>();
  const stop = new AbortController();
  const make = (name: string, folder: string) => {
    const shop = createShop({ ...at, name, folder, hubUrl: central.url, random: at.random.fork() });
    shops.add(shop);
    books.push(shop.book);
    return shop;
  };
  const attending = attend({ central, shops, renewed, problems, signal: stop.signal });
  return {
    get shops() {
      return [...shops];
    },
    books,
    problems,
    renewed,
    async addShop() {
      const name = `shop${books.length + 1}`;
      const folder = join(at.folder, name);
      mkdirSync(folder);
      const shop = make(name, folder);
      await shop.start({ '--claim-token': await central.claim() });
      await until(`${name} is enrolled`, async () => (await shop.client.status()).enrolled, ENROLLED_MS);
      shop.open();
      return shop;
    },
    async addTwin(folder) {
      const shop = make(`twin${books.length + 1}`, folder);
      await shop.start();
      shop.open();
      return shop;
    },
    async retire(shop) {
      await shop.closeTills();
      await shop.settle();
      shops.delete(shop);
      const trouble = await shop.stop();
      if (trouble !== undefined) problems.push(trouble);
      const keys = await central.databases.deviceKeys();
      problems.push(...judgeStore(shop, { keys, others: books, holdsAll: !renewed.has(shop) }));
      problems.push(...shop.book.problems.map((problem) => `${shop.name}: ${problem}`));
      rmSync(shop.folder, { recursive: true });
    },
    async dispose() {
      stop.abort();
      await attending;
      for (const shop of shops) if (shop.isRunning) await shop.kill();
    },
  };
}

/** Does what edges ask a person for: a clone is enrolled again. Anything else they ask for is a finding. */
async function attend(at: {
  central: Central;
  shops: ReadonlySet<Shop>;
  renewed: Set<Shop>;
  problems: string[];
  signal: AbortSignal;
}): Promise<void> {
  while (!at.signal.aborted) {
    await systemTimers.sleep(LOOK_MS, at.signal);
    for (const shop of at.shops) {
      try {
        if (shop.isRunning) await attendTo(shop, at);
      } catch (error) {
        // Edge or hub are killed now and then. What is not done now is done at the next look.
        if (!(error instanceof LinkError) && !(error instanceof AppError)) throw error;
      }
    }
  }
}

async function attendTo(
  shop: Shop,
  at: { central: Central; renewed: Set<Shop>; problems: string[] },
): Promise<void> {
  const { client } = shop;
  const { attention } = await client.status();
  if (attention === null) return;
  if (!attention.includes('enrol')) at.problems.push(`${shop.name} says: ${attention}`);
  at.renewed.add(shop);
  await client.enrol({ hub_url: at.central.url, claim_token: await at.central.claim() });
}

/** Removes a copy of a disk. */
export function removeFolder(folder: string): void {
  execFileSync('rm', ['-rf', folder]);
}
