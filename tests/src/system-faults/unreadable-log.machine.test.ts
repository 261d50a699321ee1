/**
 * One page of the write-ahead log cannot be read when the store is opened. The store's build of SQLite passes over that
 * and takes the page before it for the end: an edge would overwrite every sale behind it, and a backup would lack them.
 */
import { execFile } from 'node:child_process';
import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { systemClock as clock, systemTimers as timers } from '@holdfast/base';
import { expect, test } from 'vitest';
import { type Campaign, createCampaign } from '../support/campaign.ts';
import { spawnEdge, type ToEdge } from '../support/edge-child.ts';
import { createEdgeLives, endWell, killAlive, mustStart } from '../support/edge-lives.ts';
import { seeded } from '../support/seeded.ts';
import { startSellers } from '../support/sellers.ts';
import { withTempFolder } from '../support/temp-folder.ts';
import { countHits, underFault } from './strace.ts';

const CLI = fileURLToPath(new URL('../../../apps/cli/bin/holdfast.js', import.meta.url));
const SELLERS = 4;
const SALES = 40;
const HEADER_BYTES = 32;
const FRAME_BYTES = 4_120;

/** Which reading of the log fails. */
const WHEN: [string, (pages: number) => number][] = [
  ['we read it by ourselves', () => 3],
  // The header, each page, and the end are read by ourselves first.
  ['SQLite takes it over', (pages) => pages + 2 + 10],
];

type Killed = { folder: string; campaign: Campaign; start: ToEdge; wal: string; log: string };

/** An edge that sold and was killed, with its log as it was; what `use` leaves must still start and hold every sale. */
async function afterKill(use: (killed: Killed) => Promise<void>): Promise<void> {
  await withTempFolder(async (folder) => {
    const campaign = createCampaign(join(folder, 'edge'));
    const flags = { '--data': campaign.folder, '--port': '0', '--reserve-bytes': '65536' };
    const start: ToEdge = { flags };
    const lives = createEdgeLives({ folder, ahead: 1 });
    try {
      const first = lives.next();
      const { url, apiToken: token } = await mustStart(first, start);
      const to = { url, token, book: campaign.book };
      const sellers = startSellers({ ...to, count: SELLERS, prefix: 'sale', random: seeded(1), clock });
      while (campaign.book.acknowledged < SALES) await timers.sleep(5);
      await killAlive({ campaign, edge: first });
      await sellers.stop();
      const wal = join(campaign.folder, 'edge.db-wal');
      await use({ folder, campaign, start, wal, log: join(folder, 'strace.log') });
      await endWell({ campaign, edge: lives.next(), start });
    } finally {
      await lives.dispose();
    }
    expect({ lost: campaign.lost, problems: campaign.problems }).toEqual({ lost: new Set(), problems: [] });
  });
}

/** The command line under which one page of the log cannot be read. */
function underFailure({ wal, log }: Killed, nthOf: (pages: number) => number): string[] {
  const pages = Math.floor((statSync(wal).size - HEADER_BYTES) / FRAME_BYTES);
  const fault = { syscall: 'pread64', failure: 'EIO', nth: nthOf(pages), persists: false } as const;
  return underFault({ ...fault, paths: [wal] }, log);
}

test.each(WHEN)('a log of which a page cannot be read when %s is left as it is', async (_when, nthOf) => {
  await afterKill(async (killed) => {
    const cacheFolder = join(killed.folder, 'cache');
    const faulty = spawnEdge({ cacheFolder, under: underFailure(killed, nthOf) });
    const outcome = await faulty.start(killed.start);
    await faulty.kill();
    expect(outcome).toMatchObject({ kind: 'ended', code: 1, stderr: expect.stringContaining('read') });
    expect(countHits(killed.log)).toBe(1);
  });
});

/** Runs a command of the product under the fault; resolves with how it ended. */
async function runUnder(killed: Killed, nthOf: (pages: number) => number, command: readonly string[]) {
  rmSync(killed.log, { force: true });
  const [strace = '', ...under] = underFailure(killed, nthOf);
  const args = [...under, process.execPath, CLI, ...command, '--config', join(killed.folder, 'edge.toml')];
  const ended = await promisify(execFile)(strace, args).catch((error: unknown) => error);
  return { ended, hits: countHits(killed.log) };
}

test.each(WHEN)('nothing is copied of a log of which a page cannot be read when %s', async (_when, nthOf) => {
  await afterKill(async (killed) => {
    const toml = `[data]\nfolder = ${JSON.stringify(killed.campaign.folder)}\n`;
    writeFileSync(join(killed.folder, 'edge.toml'), toml);
    for (const command of [
      ['edge', 'backup'],
      ['export', '--to', join(killed.folder, 'export')],
      ['verify'],
    ]) {
      const { ended, hits } = await runUnder(killed, nthOf, command);
      expect([command, hits, ended]).toEqual([
        command,
        1,
        expect.objectContaining({ code: 75, stderr: expect.stringContaining('look at the disk') }),
      ]);
    }
    const { ended } = await runUnder(killed, nthOf, ['doctor', '--json']);
    expect(ended).toMatchObject({ code: 4, stdout: expect.stringContaining('look at the disk') });
    expect(readdirSync(join(killed.campaign.folder, 'backups'))).toEqual([]);
  });
});
