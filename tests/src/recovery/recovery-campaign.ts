/**
 * Disasters that take a whole copy of the truth away, under a running load: a hub put back to an earlier database, a disk
 * that lives twice, a disk put back to an earlier copy. After each the shops sell on; in the end every sale that was
 * acknowledged stands in the ledger once.
 *
 * What only one copy holds cannot outlive it, and no disaster here is of that kind: before a disk is replaced, the hub has
 * what was sold on it; and once a disk is gone, the hub is not put back to before that by copying its database, for then
 * only its archive has what the disk held. `holdfast hub restore` replays the archive: it takes backups of any age.
 */
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { must } from '@holdfast/base';
import { createEdgeLives } from '../support/edge-lives.ts';
import { type Seeded, seeded } from '../support/seeded.ts';
import { until } from '../system/constellation.ts';
import { startCentral } from './central.ts';
import { type Campaign, DISASTERS, type Disaster, type Disasters } from './disasters.ts';
import { createFleet, type Fleet } from './fleet.ts';
import { judgeLedger } from './judgement.ts';

export type RecoveryTally = {
  /** Disasters that were gone through. */
  done: Disasters;
  acknowledged: number;
  lost: string[];
  doubled: string[];
  problems: string[];
};

const SHOPS = 3;
const SETTLE_MS = 60_000;
const JUDGE_EVERY = 20;

/** Goes through the disasters in a random order, in `folder`, which must be empty; `tell` hears after each one. */
export async function runRecoveryCampaign(input: {
  disasters: Disasters;
  seed: number;
  folder: string;
  signal?: AbortSignal;
  tell?: (disaster: Disaster, fleet: Fleet, count: number) => void;
}): Promise<RecoveryTally> {
  const { folder, signal } = input;
  chmodSync(folder, 0o755); // PostgreSQL's user must be able to enter.
  mkdirSync(join(folder, 'cache'));
  const random = seeded(input.seed);
  const lives = createEdgeLives({ folder, ahead: 2 });
  const central = await startCentral({ folder });
  const fleet = createFleet({ folder, central, lives, random: random.fork() });
  const campaign: Campaign = { folder, central, fleet, random, copies: [], backups: [], count: 0 };
  const done: Disasters = { hubRestores: 0, clones: 0, edgeRestores: 0 };
  try {
    for (let i = 0; i < SHOPS; i += 1) await fleet.addShop();
    for (const disaster of inRandomOrder(input.disasters, random)) {
      if (signal?.aborted) break;
      campaign.count += 1;
      await DISASTERS[disaster](campaign);
      done[disaster] += 1;
      input.tell?.(disaster, fleet, campaign.count);
      if (campaign.count % JUDGE_EVERY === 0) await judgeOnTheWay(campaign);
    }
    return { done, ...(await judgeAtTheEnd(campaign)) };
  } finally {
    await fleet.dispose();
    await lives.dispose();
    await central.close();
  }
}

function inRandomOrder(disasters: Disasters, random: Seeded): Disaster[] {
  const names = Object.keys(disasters) as Disaster[]; // The type has no other keys.
  const order = names.flatMap((name) => Array.from({ length: disasters[name] }, () => name));
  for (let i = order.length - 1; i > 0; i -= 1) {
    const j = random.int(0, i);
    const [a, b] = [must(order[i], 'in range'), must(order[j], 'in range')];
    order[i] = b;
    order[j] = a;
  }
  return order;
}

/** Everything sold until now, with the tills closed for as long as it takes. */
async function judgeOnTheWay(campaign: Campaign): Promise<void> {
  const { fleet, central } = campaign;
  await Promise.all(fleet.shops.map((shop) => shop.closeTills()));
  const { lost, doubled, problems } = await judgeWhenSettled({ fleet, central });
  fleet.problems.push(...problems);
  for (const reference of lost)
    fleet.problems.push(`${reference}: not in the ledger after ${campaign.count} disasters`);
  for (const reference of doubled)
    fleet.problems.push(`${reference}: twice in the ledger after ${campaign.count} disasters`);
  for (const shop of fleet.shops) shop.open();
}

async function judgeAtTheEnd(campaign: Campaign): Promise<Omit<RecoveryTally, 'done'>> {
  const { fleet, central } = campaign;
  await Promise.all(fleet.shops.map((shop) => shop.closeTills()));
  const { acknowledged, lost, doubled, problems } = await judgeWhenSettled({ fleet, central });
  const books = await central.operator.reconciliation();
  if (!books.balanced) problems.push('the postings do not sum to zero');
  for (const stream of books.streams)
    if (stream.gaps.length > 0 || stream.missing > 0 || stream.quarantined > 0)
      problems.push(`reconcile is not whole: ${JSON.stringify(stream)}`);
  for (const shop of [...fleet.shops]) await fleet.retire(shop);
  return { acknowledged, lost, doubled, problems: [...problems, ...fleet.problems] };
}

/** What a restored hub lost comes back at the next look of each edge at the feed: a moment later than all is acked. */
async function judgeWhenSettled({ fleet, central }: Pick<Campaign, 'fleet' | 'central'>) {
  const judge = async () => {
    await Promise.all(fleet.shops.map((shop) => shop.settle()));
    return await judgeLedger(central.operator, fleet.books);
  };
  try {
    return await until(
      'the ledger has every sale',
      async () => {
        const found = await judge();
        return found.lost.length === 0 ? found : undefined;
      },
      SETTLE_MS,
    );
  } catch {
    return await judge(); // It does not come to have them: the judgement says which.
  }
}
