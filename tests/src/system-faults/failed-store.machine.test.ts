/** The log of the store can be synced no more: the edge cannot go on, and says so to everybody by ending at once. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { systemClock as clock } from '@holdfast/base';
import { expect, test } from 'vitest';
import { createCampaign } from '../support/campaign.ts';
import { createEdgeLives, endWell } from '../support/edge-lives.ts';
import { seeded } from '../support/seeded.ts';
import { startSellers } from '../support/sellers.ts';
import { withTempFolder } from '../support/temp-folder.ts';
import { underFault } from './strace.ts';

const CLI = fileURLToPath(new URL('../../../apps/cli/bin/holdfast.js', import.meta.url));
const SELLERS = 8;

test('an edge whose store has failed ends by itself, while tills still ask it', async () => {
  await withTempFolder(async (folder) => {
    const campaign = createCampaign(join(folder, 'edge'), [503, 507]);
    const flags = { '--data': campaign.folder, '--port': '0', '--reserve-bytes': '65536' };
    const wal = join(campaign.folder, 'edge.db-wal');
    // Well after the start, and in the middle of the log: where it begins anew, a failure leaves nothing to be unsure of,
    // and the edge goes on.
    const fault = { syscall: 'fsync', failure: 'EIO', nth: 24, persists: true, paths: [wal] } as const;
    const [strace = '', ...under] = underFault(fault, join(folder, 'strace.log'));
    // Of a process that ends because nothing holds it, Node has no exit to trace.
    const node = [process.execPath, '--trace-exit', CLI];
    const start = [...node, 'edge', 'start', '--create', '--json', ...Object.entries(flags).flat()];
    const edge = spawn(strace, [...under, ...start], { stdio: ['ignore', 'pipe', 'pipe'] });
    let stderr = '';
    edge.stderr.on('data', (chunk) => {
      stderr += String(chunk);
    });
    try {
      const ended = once(edge, 'close');
      const [line] = await Promise.race([once(createInterface(edge.stdout), 'line'), ended]);
      expect(line, stderr).toEqual(expect.any(String));
      const { url } = JSON.parse(String(line));
      const token = readFileSync(join(campaign.folder, 'api-token'), 'utf8').trim();
      const to = { url, token, book: campaign.book, random: seeded(1), clock };
      const sellers = startSellers({ ...to, count: SELLERS, prefix: 'sale' });
      const [code] = await ended;
      await sellers.stop();
      expect([code, stderr]).toEqual([1, expect.stringContaining('The store has failed')]);
      expect(stderr).not.toContain('Exited the environment');
    } finally {
      edge.kill('SIGKILL');
    }
    const lives = createEdgeLives({ folder, ahead: 1 });
    await endWell({ campaign, edge: lives.next(), start: { flags } });
    await lives.dispose();
    expect({ lost: campaign.lost, problems: campaign.problems }).toEqual({ lost: new Set(), problems: [] });
    expect(campaign.book.acknowledged).toBeGreaterThan(0);
  });
});
