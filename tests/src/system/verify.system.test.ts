/** What `holdfast verify` and `holdfast export` say of a real edge and a real hub, and what the example says of the files. */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { must, systemPorts, uuidV7 } from '@holdfast/base';
import { DEMO_STORE } from '@holdfast/hub';
import type { VerifyReport } from '@holdfast/verify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Constellation,
  saleOf,
  startConstellation,
  type TestEdge,
  until,
  untilSynced,
} from './constellation.ts';

const CLI = fileURLToPath(new URL('../../../apps/cli/bin/holdfast.js', import.meta.url));
const EXAMPLE = fileURLToPath(new URL('../../../examples/verify-export.mjs', import.meta.url));

let world: Constellation;
let edge: TestEdge;
let folder: string;
const codes: { booked: string; waiting: string } = { booked: '', waiting: '' };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-verify-'));
  world = await startConstellation();
  edge = await world.addEdge({ enrol: false });
  await sell('1.00'); // Before it has a name at the hub.
  await enrol();
  for (const amount of ['64.00', '12.50', '0.05']) await sell(amount);
  await untilSynced(edge);
  await enrol(); // A new key and a new name: what the old key sealed must still verify.
  codes.booked = (await sell('7.25')).receipt_code;
  await untilSynced(edge);
  await edge.client.setLink('offline');
  codes.waiting = (await sell('3.00')).receipt_code;
  writeFileSync(file('edge.toml'), `[data]\nfolder = ${JSON.stringify(edge.options.dataFolder)}\n`);
  const { dataFolder } = world.hub.context.settings;
  writeFileSync(file('hub.toml'), `[data]\nfolder = ${JSON.stringify(dataFolder)}\n`);
});
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

const file = (name: string) => join(folder, name);

const sell = (amount: string) => edge.client.sell(saleOf(amount), uuidV7(systemPorts));

async function enrol(): Promise<void> {
  const { claim_token } = await world.operator.createClaim(DEMO_STORE.store_id);
  await edge.client.enrol({ hub_url: world.hub.url, claim_token });
}

type Said = { code: number; stdout: string; stderr: string };

function run(words: readonly string[], input?: Uint8Array): Promise<Said> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, words, { cwd: folder }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
    child.stdin?.end(input);
  });
}

const holdfast = (...words: string[]) => run([CLI, ...words]);

async function verified(
  ...words: string[]
): Promise<{ code: number; report: VerifyReport & { verdict?: string } }> {
  const { code, stdout, stderr } = await holdfast('verify', ...words, '--json');
  if (stdout === '') throw new Error(stderr);
  return { code, report: JSON.parse(stdout) };
}

describe('verify', () => {
  it('finds nothing wrong with a running edge, whatever names and keys it had', async () => {
    const { code, report } = await verified('--config', 'edge.toml');
    expect(report.findings).toEqual([]);
    expect(code).toBe(0);
    expect(report.counts.transactions).toBe(6);
    expect(report.trust.keys).toHaveLength(2);
    expect(report.sums).toMatchObject([{ currency: 'SEK', sales: 6, amount: '87.80', waiting: 1 }]);
  });

  it('finds nothing wrong with a running hub and its archive', async () => {
    const { code, report } = await verified('--hub', '--config', 'hub.toml');
    expect(report.findings).toEqual([]);
    expect(code).toBe(0);
    expect(report.counts).toMatchObject({ bookings: 5, operations: 5 });
    expect(report.counts.segments).toBeGreaterThan(1);
    const { archiveFolder } = world.hub.context.settings;
    const alone = await verified('--archive', archiveFolder);
    expect(alone.report.findings).toEqual([]);
    expect(alone.report.counts.entries).toBe(report.counts.entries);
  });

  it('finds nothing wrong with an edge that was restored from a copy, and with what it pulled back', async () => {
    const restored = await world.addEdge({ flags: { '--device-name': 'restored' } });
    const take = (amount: string) => restored.client.sell(saleOf(amount), uuidV7(systemPorts));
    for (const amount of ['1.00', '2.00', '3.00']) await take(amount);
    await untilSynced(restored);
    const { dataFolder } = restored.options;
    await restored.close();
    cpSync(dataFolder, file('copy'), { recursive: true });
    await restored.restart();
    for (const amount of ['4.00', '5.00']) await take(amount);
    await untilSynced(restored);
    await restored.close();
    rmSync(dataFolder, { recursive: true });
    cpSync(file('copy'), dataFolder, { recursive: true });
    await restored.restart();
    await take('6.00');
    await until('what the copy lacked is back', async () => {
      const { transactions } = await restored.client.transactions({ limit: 99 });
      return transactions.length === 6;
    });
    await untilSynced(restored);
    writeFileSync(file('restored.toml'), `[data]\nfolder = ${JSON.stringify(dataFolder)}\n`);
    const { report } = await verified('--config', 'restored.toml');
    expect(report.findings).toEqual([]);
    expect(report.counts).toMatchObject({ transactions: 6, unsealed: 2 });
    await restored.close();
    expect((await verified('--config', 'restored.toml')).report.findings).toEqual([]);
    expect((await verified('--hub', '--config', 'hub.toml')).report.findings).toEqual([]);
  });

  it('says which sale is on a paper receipt', async () => {
    const hub = ['--hub', '--config', 'hub.toml'];
    const store = ['--config', 'edge.toml'];
    const ask = async (from: string[], ...words: string[]) => {
      const { code, report } = await verified(...from, ...words);
      return [code, report.verdict, report.receipt?.[0]?.state, report.receipt?.[0]?.amount];
    };
    expect(await ask(hub, '--receipt', codes.booked)).toEqual([0, 'found', 'booked', '7.25']);
    expect(await ask(store, '--receipt', codes.booked)).toEqual([0, 'found', 'acked', '7.25']);
    expect(await ask(store, '--receipt', codes.waiting, '--total', '3')).toEqual([
      0,
      'found',
      'waiting',
      '3.00',
    ]);
    expect(await ask(hub, '--receipt', codes.waiting)).toEqual([4, 'none', undefined, undefined]);
    expect(await ask(hub, '--receipt', codes.booked, '--total', '7.20')).toEqual([
      4,
      'other_total',
      'booked',
      '7.25',
    ]);
    expect((await holdfast('verify', '--receipt', 'short')).code).toBe(2);
    const text = (await holdfast('verify', ...store, '--receipt', codes.waiting.toLowerCase())).stdout;
    expect(text).toContain('This is the sale.');
    expect(text).toContain('3.00 SEK');
  });
});

describe('an export', () => {
  it('is verified by a program that knows the protocol page alone', async () => {
    await holdfast('export', '--config', 'edge.toml', '--to', 'edge.ndjson.gz');
    const { archiveFolder } = world.hub.context.settings;
    const hub = ['--hub', '--config', 'hub.toml', '--archive', archiveFolder];
    expect((await holdfast('export', ...hub, '--to', 'hub.ndjson')).code).toBe(0);
    const texts = [gunzipSync(readFileSync(file('edge.ndjson.gz'))), readFileSync(file('hub.ndjson'))];
    for (const [index, name] of ['edge.ndjson.gz', 'hub.ndjson'].entries()) {
      expect((await verified('--export', name)).report.findings).toEqual([]);
      const example = await run([EXAMPLE], texts[index]);
      expect([example.stdout, example.stderr, example.code]).toEqual([
        expect.stringMatching(/^\d+ records, nothing wrong\n$/),
        '',
        0,
      ]);
    }
  });

  it('that was changed is found out by both, at the same record', async () => {
    const lines = readFileSync(file('hub.ndjson'), 'utf8').trimEnd().split('\n');
    const entries = lines.flatMap((text, index) => (text.startsWith('{"record":"hub_entry"') ? [index] : []));
    const changes: [RegExp, string][] = [
      [/"header":"\{\\"v\\":1/, '"header":"{ \\"v\\":1'],
      [/unit_price/, 'unit-price'],
      [/"amount_minor":"-/, '"amount_minor":"-1'],
    ];
    expect(entries.length).toBeGreaterThan(4);
    for (const index of entries.slice(2, 4)) {
      for (const [from, to] of changes) {
        const text = must(lines[index], 'a line');
        const changed = `${lines.with(index, text.replace(from, to)).join('\n')}\n`;
        if (text.replace(from, to) === text) continue; // A repeat has no postings.
        writeFileSync(file('changed.ndjson'), changed);
        const { code, report } = await verified('--export', 'changed.ndjson');
        const example = await run([EXAMPLE], Buffer.from(changed));
        expect([code, report.first_wrong?.where.line, example.code]).toEqual([4, index + 1, 4]);
        expect(example.stdout).toContain(`record ${index + 1}:`);
      }
    }
  });
});

it('a posting that was changed behind the back of the hub is named first', async () => {
  const { pool } = world.hub.context;
  const client = await pool.connect();
  try {
    await client.query(`BEGIN; SET LOCAL session_replication_role = 'replica';
      UPDATE posting SET amount_minor = amount_minor + 100 WHERE account = 'sales' AND amount_minor = -6400; COMMIT`);
  } finally {
    client.release();
  }
  const { code, stdout } = await holdfast('verify', '--hub', '--config', 'hub.toml');
  expect(code).toBe(4);
  expect(stdout).toMatch(/^First wrong: \[posting\] entry \d+, operation /);
  expect(stdout).toContain('expected -6400, found -6300');
});
