/**
 * Fills the disk of a hub's archive and that of an edge's backups. A full archive costs safety, not the ack, and is made
 * up for; a backup that has no room is refused and leaves nothing behind.
 */
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isAppError, systemPorts as ports, uuidV7 } from '@holdfast/base';
import { backupEdge } from '@holdfast/edge';
import { saleOf, startConstellation, type TestEdge, until, untilSynced } from '../system/constellation.ts';
import { mountSmallDisk, type SmallDisk } from './small-disk.ts';

const DISK_BYTES = 2 * 2 ** 20;
const SALES = 20;

/** Runs both; `folder` is empty, and can be entered by PostgreSQL's user. Returns what is wrong, a sentence each. */
export async function runFullElsewhere({ folder }: { folder: string }): Promise<string[]> {
  const disk = mountSmallDisk({ path: join(folder, 'elsewhere'), bytes: DISK_BYTES });
  const archive = join(disk.path, 'archive');
  const hub = await startConstellation({ '--archive': archive });
  const problems: string[] = [];
  try {
    const edge = await hub.addEdge();
    await sell(edge);
    await untilSafe(edge);
    disk.fill(0);
    await sell(edge);
    await untilSynced(edge);
    const [lane] = (await edge.client.status()).lanes;
    if (lane?.acked_seq !== 2 * SALES || lane.safe_seq !== SALES)
      problems.push(`a full archive: acked ${lane?.acked_seq}, safe ${lane?.safe_seq} of ${2 * SALES}`);
    problems.push(...(await backUpWithoutRoom(edge, disk)));
    disk.empty();
    await hub.restartHub(); // It looks after its archive at each start.
    await sell(edge);
    await untilSafe(edge);
    const left = readdirSync(join(archive, 'staging'));
    if (left.length > 0) problems.push(`the archive has ${left.length} files that are not whole`);
  } finally {
    await hub.close();
    disk.unmount();
  }
  return problems;
}

async function sell(edge: TestEdge): Promise<void> {
  for (let count = 0; count < SALES; count += 1) await edge.client.sell(saleOf('45.00'), uuidV7(ports));
}

async function untilSafe(edge: TestEdge): Promise<void> {
  await until('everything is safe', async () =>
    (await edge.client.status()).lanes.every((lane) => lane.safe_seq === lane.tip_seq && lane.pending === 0),
  );
}

async function backUpWithoutRoom(edge: TestEdge, disk: SmallDisk): Promise<string[]> {
  const folder = join(disk.path, 'backups');
  mkdirSync(folder);
  const problems: string[] = [];
  try {
    await backupEdge({ options: edge.options, ports, folder });
    problems.push('a backup was made on a full disk');
  } catch (error) {
    if (!isAppError(error, 'no_room'))
      problems.push(`a backup on a full disk was refused with ${String(error)}`);
  }
  for (const name of readdirSync(folder))
    problems.push(`a refused backup left ${name} of ${statSync(join(folder, name)).size} bytes`);
  return problems;
}
