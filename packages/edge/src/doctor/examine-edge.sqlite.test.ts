import { chmodSync, copyFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { systemPorts, uuidV7 } from '@holdfast/base';
import { fetchTransport } from '@holdfast/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EdgeOptions } from '../config/options.ts';
import { pathsOf } from '../paths.ts';
import { startEdge } from '../start.ts';
import { writeMeta } from '../store/meta.ts';
import { openForWriting } from '../store/open.ts';
import { saleText, silent, testFolder } from '../testing.ts';
import { NO_HOOKS, WriterEngine } from '../writer/engine.ts';
import { examineEdge } from './examine-edge.ts';

let folder: Awaited<ReturnType<typeof testFolder>>;
beforeEach(async () => {
  folder = await testFolder();
});
afterEach(() => folder.remove());

const NOBODY = 'http://127.0.0.1:1';

const examine = (options: EdgeOptions = folder.options, baseUrl = NOBODY) =>
  examineEdge({ options, baseUrl, ports: systemPorts, transport: fetchTransport, pages: true });

async function stateOf(check: string) {
  const found = (await examine()).filter((finding) => finding.check === check);
  return found.map(({ state, says, advice }) => ({ state, says, advice }));
}

function sell(count: number, atMs?: number): void {
  const ports =
    atMs === undefined ? systemPorts : { ...systemPorts, clock: { ...systemPorts.clock, nowMs: () => atMs } };
  const engine = new WriterEngine(folder.engine, ports, NO_HOOKS);
  const commands = Array.from({ length: count }, () => ({
    type: 'sale' as const,
    op_id: uuidV7(systemPorts),
    text: saleText(),
    terminal_id: null,
    staff_id: null,
  }));
  engine.execute(commands);
  engine.close();
}

function change(key: 'attention' | 'shared_identity' | 'link_mode', value: string): void {
  const db = openForWriting(folder.engine.store);
  writeMeta(db, key, value);
  db.close();
}

describe('an edge that is well', () => {
  it('is told apart from one that does not run', async () => {
    sell(3);
    expect(await stateOf('process')).toEqual([
      { state: 'warning', says: expect.stringContaining('not running'), advice: 'holdfast start' },
    ]);
    const edge = await startEdge({ options: folder.options, ports: systemPorts, logger: silent });
    const findings = await examine(folder.options, edge.url);
    await edge.close();
    expect(findings.find(({ check }) => check === 'process')?.state).toBe('good');
    expect(findings.find(({ check }) => check === 'pages')?.state).toBe('good');
    expect(findings.find(({ check }) => check === 'sentinel')?.state).toBe('good');
    expect(findings.find(({ check }) => check === 'hub')?.advice).toBe('holdfast enroll');
    expect(findings.filter(({ state }) => state === 'bad')).toEqual([]);
  });

  it('is told apart from something else at its address', async () => {
    const edge = await startEdge({ options: folder.options, ports: systemPorts, logger: silent });
    const findings = await examine(folder.options, `${edge.url}/docs/nothing`);
    await edge.close();
    expect(findings.find(({ check }) => check === 'process')?.state).toBe('bad');
  });
});

describe('what is missing', () => {
  it('is the folder', async () => {
    const options = { ...folder.options, dataFolder: `${folder.options.dataFolder}-none` };
    expect(await examine(options)).toEqual([
      expect.objectContaining({ check: 'data folder', state: 'bad', advice: 'Make a store: holdfast init' }),
    ]);
  });

  it('is the key', async () => {
    rmSync(pathsOf(folder.options).key);
    const [finding] = await stateOf('key file');
    expect(finding?.state).toBe('bad');
    expect(finding?.says).toContain('Put the key file back');
  });

  it('is the store, of which the sentinel tells', async () => {
    sell(1);
    rmSync(pathsOf(folder.options).database);
    const [finding] = await stateOf('store');
    expect(finding?.says).toContain('there was one');
    expect(finding?.advice).toContain('holdfast edge restore');
    writeFileSync(pathsOf(folder.options).database, '');
    expect(await stateOf('store')).toEqual([finding]);
  });

  it('is not the enrolment, where the store does not open and cannot tell', async () => {
    sell(1);
    expect((await stateOf('hub')).length).toBe(1);
    writeFileSync(pathsOf(folder.options).database, 'x'.repeat(9000));
    expect((await stateOf('store'))[0]?.state).toBe('bad');
    expect(await stateOf('hub')).toEqual([]);
  });
});

describe('what is wrong', () => {
  it('is to take cards that nobody has issued', async () => {
    const found = async (hardwareSimulated: boolean) =>
      (await examine({ ...folder.options, hardwareSimulated })).filter(({ check }) => check === 'devices');
    expect(await found(false)).toEqual([]);
    expect(await found(true)).toMatchObject([
      { state: 'warning', advice: expect.stringContaining('hardware.simulated') },
    ]);
  });

  it('is a key that others can read', async () => {
    chmodSync(pathsOf(folder.options).key, 0o644);
    expect((await stateOf('key file'))[0]?.state).toBe('warning');
  });

  it('is a page that was damaged', async () => {
    sell(200);
    const path = pathsOf(folder.options).database;
    const bytes = readFileSync(path);
    const at = bytes.length - 5000;
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    writeFileSync(path, bytes);
    const bad = (await examine()).filter(({ state }) => state === 'bad');
    expect(bad.map(({ check }) => check)).toContain('pages');
  });

  it('is a store that was put back to a copy', async () => {
    const { database } = pathsOf(folder.options);
    sell(2);
    copyFileSync(database, `${database}.copy`);
    sell(2);
    renameSync(`${database}.copy`, database);
    const [finding] = await stateOf('sentinel');
    expect(finding?.state).toBe('warning');
    expect(finding?.says).toContain('restored from a copy');
  });

  it('is money that has waited for days', async () => {
    sell(2, systemPorts.clock.nowMs() - 3 * 86_400_000);
    const [finding] = await stateOf('transactions');
    expect(finding?.state).toBe('bad');
    expect(finding?.says).toContain('2 of 2 entries');
  });

  it('is an identity that is shown twice, and then no more is said of it', async () => {
    change('attention', 'Another device shows the identity of this one.');
    expect((await stateOf('attention'))[0]?.state).toBe('bad');
    change('shared_identity', '1');
    expect((await stateOf('identity'))[0]?.advice).toContain('holdfast enroll');
    expect(await stateOf('attention')).toEqual([]);
  });

  it('is a drill that somebody forgot', async () => {
    change('link_mode', JSON.stringify({ mode: 'offline', until: systemPorts.clock.nowMs() + 60_000 }));
    expect((await stateOf('drill'))[0]?.state).toBe('warning');
    change('link_mode', JSON.stringify({ mode: 'offline', until: systemPorts.clock.nowMs() - 60_000 }));
    expect(await stateOf('drill')).toEqual([]);
  });
});
