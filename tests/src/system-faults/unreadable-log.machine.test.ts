/**
 * One page of the write-ahead log cannot be read when the edge starts. The store's build of SQLite passes over that and
 * takes the page before it for the end; every sale behind it would be overwritten.
 */
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock as clock, systemTimers as timers } from '@holdfast/base';
import { expect, test } from 'vitest';
import { createCampaign } from '../support/campaign.ts';
import { spawnEdge, type ToEdge } from '../support/edge-child.ts';
import { createEdgeLives, endWell, killAlive, mustStart } from '../support/edge-lives.ts';
import { seeded } from '../support/seeded.ts';
import { startSellers } from '../support/sellers.ts';
import { withTempFolder } from '../support/temp-folder.ts';
import { countHits, underFault } from './strace.ts';

const SELLERS = 4;
const SALES = 40;
const HEADER_BYTES = 32;
const FRAME_BYTES = 4_120;

test.each([
  ['the edge reads it by itself', () => 3],
  // The header, each page, and the end are read by the edge first.
  ['SQLite takes it over', (pages: number) => pages + 2 + 10],
])('a log of which a page cannot be read when %s is left as it is', async (_when, nthOf) => {
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
      const nth = nthOf((statSync(wal).size - HEADER_BYTES) / FRAME_BYTES);
      const log = join(folder, 'strace.log');
      const fault = { syscall: 'pread64', failure: 'EIO', nth, persists: false, paths: [wal] } as const;
      const faulty = spawnEdge({ cacheFolder: join(folder, 'cache'), under: underFault(fault, log) });
      const outcome = await faulty.start(start);
      await faulty.kill();
      expect(outcome).toMatchObject({ kind: 'ended', code: 1, stderr: expect.stringContaining('read') });
      expect(countHits(log)).toBe(1);
      rmSync(log);
      await endWell({ campaign, edge: lives.next(), start });
    } finally {
      await lives.dispose();
    }
    expect({ lost: campaign.lost, problems: campaign.problems }).toEqual({ lost: new Set(), problems: [] });
  });
});
