/** What a hub leaves behind to be damaged: its archive and its backups, at the end of its life and in the middle of it. */
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemPorts as ports, uuidV7 } from '@holdfast/base';
import { backupHub, type HubSettings, openHubKeys, startEmbeddedPostgres } from '@holdfast/hub';
import { createLogger } from '@holdfast/runtime';
import { query, withDatabase } from '../support/postgres.ts';
import type { Seeded } from '../support/seeded.ts';
import {
  type Constellation,
  saleOf,
  startConstellation,
  type TestEdge,
  until,
  untilSynced,
} from '../system/constellation.ts';

export type HubDamageBase = {
  /** The hub's keys in `keys`, its archive in `archive`, a backup in `backup`. */
  now: string;
  /** Archive and backup as they were before. */
  earlier: string;
  macKey: Uint8Array;
  /** Address of the ledger as it was at the end; nobody works on it. */
  ledgerUrl: string;
  /** Address of a database that restores make. */
  restoredUrl: string;
  close(): Promise<void>;
};

export const quiet = createLogger({ level: 'silent', service: 'hub-damage' });

const ROUNDS = 9;
const SALES_A_ROUND = 5;
const KEYS = ['mac-key', 'root-key', 'hub-key', 'api-token'];

/** Makes it in `folder`, which is empty. */
export async function makeHubDamageBase(at: { folder: string; random: Seeded }): Promise<HubDamageBase> {
  const own = mkdtempSync(join(tmpdir(), 'holdfast-hub-damage-'));
  chmodSync(own, 0o755); // PostgreSQL's user must be able to enter.
  const postgres = await startEmbeddedPostgres({ folder: join(own, 'postgres'), logger: quiet, ports });
  const [ledgerUrl, restoredUrl] = [
    withDatabase(postgres.url, 'ledger'),
    withDatabase(postgres.url, 'restored'),
  ];
  await query(postgres.url, 'CREATE DATABASE ledger');
  const now = join(at.folder, 'now');
  const earlier = join(at.folder, 'earlier');
  const world = await startConstellation({ '--database-url': ledgerUrl });
  try {
    await live(world, { random: at.random, copyEarlier: () => keep(world, earlier) });
    await keep(world, now);
  } finally {
    await world.close();
  }
  const { macKey } = await openHubKeys({ folder: join(now, 'keys'), random: ports.random });
  return {
    now,
    earlier,
    macKey,
    ledgerUrl,
    restoredUrl,
    async close() {
      await postgres.stop();
      rmSync(own, { recursive: true, force: true });
    },
  };
}

/** Two devices sell in many small batches; one of them is suspended for a while, and the copy is made meanwhile. */
async function live(
  world: Constellation,
  { random, copyEarlier }: { random: Seeded; copyEarlier: () => Promise<void> },
): Promise<void> {
  const edges = [await world.addEdge(), await world.addEdge()];
  const setState = async (state: string) =>
    await world.setDeviceState((await edges[1]?.client.status())?.device_id ?? null, state);
  for (let round = 0; round < ROUNDS; round += 1) {
    if (round === 2) await setState('suspended');
    if (round === 6) await setState('active');
    for (const edge of edges) await sell(edge, random.int(1, SALES_A_ROUND));
    if (round === 4) await copyEarlier();
  }
}

/** Sells, and waits until all of it is safe: the next batch is another segment. */
async function sell(edge: TestEdge, count: number): Promise<void> {
  for (let sale = 0; sale < count; sale += 1) await edge.client.sell(saleOf('45.00'), uuidV7(ports));
  await untilSynced(edge);
  await until('it is safe', async () =>
    (await edge.client.status()).lanes.every((lane) => lane.safe_seq === lane.tip_seq),
  );
}

async function keep(world: Constellation, to: string): Promise<void> {
  const { settings } = world.hub.context;
  mkdirSync(join(to, 'keys'), { recursive: true });
  for (const name of KEYS) cpSync(join(settings.dataFolder, name), join(to, 'keys', name));
  cpSync(settings.archiveFolder, join(to, 'archive'), { recursive: true });
  cpSync(await backUp(settings), join(to, 'backup'), { recursive: true });
}

async function backUp(settings: HubSettings): Promise<string> {
  const input = { settings, test: false, ports, logger: quiet, onStep: () => undefined };
  return (await backupHub(input)).folder;
}
