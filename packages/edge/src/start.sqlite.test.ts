import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { isAppError, systemPorts } from '@holdfast/base';
import { sealKey } from '@holdfast/crypto';
import { createLogger } from '@holdfast/runtime';
import Database from 'better-sqlite3-multiple-ciphers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pathsOf } from './paths.ts';
import { startEdge } from './start.ts';
import { openForWriting } from './store/open.ts';
import { silent, testFolder } from './testing.ts';

let folder: Awaited<ReturnType<typeof testFolder>>;
beforeEach(async () => {
  folder = await testFolder();
});
afterEach(() => folder.remove());

const start = () => startEdge({ options: folder.options, ports: systemPorts, logger: silent });

async function refusal(): Promise<string> {
  try {
    await (await start()).close();
    return 'started';
  } catch (error) {
    if (!isAppError(error)) throw error;
    expect(error.message.split('\n').length).toBe(1);
    return error.code;
  }
}

describe('an edge does not start', () => {
  it('without its key file', async () => {
    rmSync(pathsOf(folder.options).key);
    expect(await refusal()).toBe('key_missing');
  });

  it('with the key of another store', async () => {
    writeFileSync(
      pathsOf(folder.options).key,
      sealKey({ secret: systemPorts.random.bytes(32), random: systemPorts.random }),
    );
    expect(await refusal()).toBe('key_wrong');
  });

  it('with a key file that was cut', async () => {
    writeFileSync(pathsOf(folder.options).key, '{"version":1,');
    expect(await refusal()).toBe('key_wrong');
  });

  it('on a plain SQLite database', async () => {
    const { path } = folder.engine.store;
    rmSync(path);
    const plain = new Database(path);
    plain.exec('CREATE TABLE t (a)');
    plain.close();
    expect(await refusal()).toBe('store_not_encrypted');
  });

  it('on an encrypted database of somebody else', async () => {
    const db = openForWriting(folder.engine.store);
    db.pragma('application_id = 7');
    db.close();
    expect(await refusal()).toBe('store_foreign');
  });

  it('on a store of a newer version', async () => {
    const db = openForWriting(folder.engine.store);
    db.pragma('user_version = 9999');
    db.close();
    expect(await refusal()).toBe('store_too_new');
  });

  it('on a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const address = other.address();
    if (address === null || typeof address === 'string') throw new Error('a TCP server has an address');
    folder.options = { ...folder.options, port: address.port };
    expect(await refusal()).toBe('port_in_use');
    other.close();
  });
});

describe('an edge whose disk was restored from a copy', () => {
  it('goes on under a new incarnation', async () => {
    const { path } = folder.engine.store;
    const sell = async (edge: Awaited<ReturnType<typeof start>>) =>
      await edge.context.writer.submit({
        type: 'sale',
        op_id: crypto.randomUUID(),
        text: '{"cashier_id":"a","items":[{"sku":"s","name":"n","quantity":1,"unit_price":1}]}',
        terminal_id: null,
        staff_id: null,
      });
    const first = await start();
    await sell(first);
    await first.close();
    copyFileSync(path, `${path}.copy`);
    const second = await start();
    await sell(second);
    const before = second.context.db
      .prepare('SELECT incarnation FROM stream WHERE closed_at IS NULL')
      .pluck()
      .get();
    await second.close();
    for (const ending of ['', '-wal', '-shm']) rmSync(`${path}${ending}`, { force: true });
    copyFileSync(`${path}.copy`, path);
    const third = await start();
    const streams = third.context.db
      .prepare('SELECT incarnation, closed_why, tip_seq FROM stream ORDER BY stream_no')
      .all();
    await third.close();
    expect(streams).toEqual([
      { incarnation: before, closed_why: 'restored', tip_seq: 1 },
      { incarnation: expect.not.stringMatching(String(before)), closed_why: null, tip_seq: 1 },
    ]);
  });
});

describe('an edge whose devices are simulated', () => {
  it('says so when it starts: nobody has issued the cards that pay there', async () => {
    const lines: string[] = [];
    const destination = { write: (line: string) => void lines.push(line) };
    const logger = createLogger({ level: 'warn', service: 'edge', destination });
    for (const hardwareSimulated of [false, true]) {
      const options = { ...folder.options, hardwareSimulated };
      await (await startEdge({ options, ports: systemPorts, logger })).close();
    }
    expect(lines.filter((line) => line.includes('hardware.simulated'))).toHaveLength(1);
  });
});
