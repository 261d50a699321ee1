/** The disasters of the campaign, one function each: what goes wrong, and how it shows that it was noticed. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { must, systemTimers as timers } from '@holdfast/base';
import type { PostedSale } from '../support/sale-book.ts';
import type { Seeded } from '../support/seeded.ts';
import { until } from '../system/constellation.ts';
import type { Central } from './central.ts';
import { type Fleet, removeFolder } from './fleet.ts';
import { putDatabaseBack, type Shop } from './shop.ts';

/** How many of each. */
export type Disasters = { hubRestores: number; clones: number; edgeRestores: number };

export type Disaster = keyof Disasters;

/** The world that disasters befall. */
export type Campaign = {
  folder: string;
  central: Central;
  fleet: Fleet;
  random: Seeded;
  /** Copies of the hub's database that it may be put back to, oldest first. */
  copies: string[];
  /** Folders of backups that were made with the command, oldest first. */
  backups: string[];
  count: number;
};

const COPIES_MAX = 3;
/** Part of the hub's restores that an operator makes with the commands, which replay the archive. */
const BY_COMMAND = 0.3;
/** Part of the restores before which another copy or backup is made. */
const AGAIN = 0.3;
const SELL_MS = { from: 200, to: 800 };
const NOTICED_MS = 60_000;
const REPEATED_AT_TWIN = 5;

export const DISASTERS: Record<Disaster, (campaign: Campaign) => Promise<void>> = {
  hubRestores: restoreHub,
  clones: cloneShop,
  edgeRestores: restoreShop,
};

const sellAWhile = ({ random }: Campaign) => timers.sleep(random.int(SELL_MS.from, SELL_MS.to));

/** The hub's process is killed, its database replaced by an earlier one; keys and archive stay. */
async function restoreHub(campaign: Campaign): Promise<void> {
  await (campaign.random.chance(BY_COMMAND) ? restoreByCommand(campaign) : restoreByCopy(campaign));
  await pushAll(campaign);
}

async function restoreByCopy(campaign: Campaign): Promise<void> {
  const { central, copies, random } = campaign;
  if (copies.length === 0 || random.chance(AGAIN)) await copyHub(campaign);
  await sellAWhile(campaign);
  await central.killAnd(() => central.databases.putBack(random.pick(copies)));
}

/** A backup of any age: what came later is in the archive, or still at the edges. */
async function restoreByCommand(campaign: Campaign): Promise<void> {
  const { central, backups, random } = campaign;
  if (backups.length === 0 || random.chance(AGAIN)) backups.push(await central.backUp());
  await sellAWhile(campaign);
  await central.killAnd(() => central.restore(random.pick(backups)));
}

async function copyHub(campaign: Campaign): Promise<void> {
  const { central, copies } = campaign;
  await sellAWhile(campaign);
  await central.killAnd(async () => {
    copies.push(await central.databases.copy());
  });
  while (copies.length > COPIES_MAX) await central.databases.drop(must(copies.shift(), 'there are too many'));
  await pushAll(campaign);
}

/** From now on the hub is not put back to before now. */
async function forgetCopies({ central, copies }: Campaign): Promise<void> {
  for (const copy of copies.splice(0)) await central.databases.drop(copy);
}

/** A disk is copied, of an edge at work or between two lives, and both copies sell on. */
async function cloneShop(campaign: Campaign): Promise<void> {
  const { fleet, random, folder, count } = campaign;
  const shop = random.pick(fleet.shops);
  const disk = join(folder, `twin-${count}`);
  await sellAWhile(campaign);
  const before = [...shop.book.sales.values()]
    .filter(({ ack }) => ack !== undefined)
    .slice(-REPEATED_AT_TWIN);
  if (random.chance(0.7)) await shop.copyDisk(disk);
  else {
    await shop.kill();
    await shop.copyDisk(disk);
    await shop.start();
    shop.open();
  }
  const twin = await fleet.addTwin(disk);
  await repeatAtTwin(twin, before);
  await untilApart(shop, twin);
  await sellAWhile(campaign);
  await fleet.retire(twin);
  await forgetCopies(campaign);
}

/** What the original acknowledged before it was copied is in the copy: the same operation, with the same code. */
async function repeatAtTwin(twin: Shop, before: readonly PostedSale[]): Promise<void> {
  for (const { sale, ack } of before) {
    if (sale.key === undefined || ack === undefined) continue;
    const again = await twin.client.sell(JSON.parse(sale.body), sale.key);
    const isSame =
      again.replayed &&
      again.edge_transaction_id === ack.edge_transaction_id &&
      again.receipt_code === ack.receipt_code;
    if (!isSame) twin.book.problems.push(`${sale.reference}: the twin answers ${JSON.stringify(again)}`);
  }
}

/** Two lives of one identity become two identities, or two incarnations of it. */
async function untilApart(shop: Shop, twin: Shop): Promise<void> {
  const look = () => Promise.all([shop.client.status(), twin.client.status()]);
  try {
    await until(
      `${shop.name} and ${twin.name} are told apart`,
      async () => {
        const [one, other] = await look();
        return one.incarnation !== other.incarnation && one.attention === null && other.attention === null;
      },
      NOTICED_MS,
    );
  } catch (cause) {
    throw new Error(`They still say: ${JSON.stringify(await look())}`, { cause });
  }
}

/** A disk is put back to a copy of it: its sentinel stayed and is ahead of it, is gone, or is as old. */
async function restoreShop(campaign: Campaign): Promise<void> {
  const { fleet, random, folder, count } = campaign;
  const shop = random.pick(fleet.shops);
  const disk = join(folder, `disk-${count}`);
  await shop.copyDisk(disk);
  await sellAWhile(campaign);
  await shop.closeTills();
  await shop.settle();
  const { incarnation } = await shop.client.status();
  await shop.kill();
  await forgetCopies(campaign);
  const sentinel = random.pick(['stays', 'is gone', 'is as old']);
  putDatabaseBack({ folder: shop.folder, copy: disk, withSentinel: sentinel === 'is as old' });
  if (sentinel === 'is gone') rmSync(join(shop.folder, 'sentinel'));
  await shop.start();
  shop.open();
  await until(
    `${shop.name} notices that its disk is an earlier one, whose sentinel ${sentinel}`,
    async () => {
      const status = await shop.client.status();
      return status.incarnation !== incarnation && status.attention === null;
    },
    NOTICED_MS,
  );
  removeFolder(disk);
}

/** Somebody presses the button: a link that was down is looked at at once. */
async function pushAll({ fleet }: Campaign): Promise<void> {
  for (const shop of fleet.shops) await shop.client.push().catch(() => undefined); // Refused while it is down.
}
