import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { isAppError, systemPorts, uuidV7 } from '@holdfast/base';
import { sealKey } from '@holdfast/crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { initEdge, storeKey } from '../init.ts';
import { pathsOf } from '../paths.ts';
import { type RunningEdge, startEdge } from '../start.ts';
import { openForReading, openForWriting } from '../store/open.ts';
import { allStreams } from '../store/streams.ts';
import { listTransactions } from '../store/transactions.ts';
import { saleText, silent, testFolder } from '../testing.ts';
import { WriterEngine } from '../writer/engine.ts';
import { backupEdge, listBackups } from './backup.ts';
import { rekeyEdge } from './rekey.ts';
import { restoreEdge } from './restore.ts';

let folder: Awaited<ReturnType<typeof testFolder>>;
beforeEach(async () => {
  folder = await testFolder();
});
afterEach(() => folder.remove());

const ports = systemPorts;
const paths = () => pathsOf(folder.options);
const start = () => startEdge({ options: folder.options, ports, logger: silent });
const backup = (more: { folder?: string; keep?: number } = {}) =>
  backupEdge({ options: folder.options, ports, ...more });
const restore = (file: string, more: Partial<Parameters<typeof restoreEdge>[0]> = {}) =>
  restoreEdge({ options: folder.options, ports, file, ...more });
const rekey = (more: Partial<Parameters<typeof rekeyEdge>[0]> = {}) =>
  rekeyEdge({ options: folder.options, ports, passphrase: null, ...more });

async function sell(edge: RunningEdge, count: number): Promise<void> {
  for (let i = 0; i < count; i += 1)
    await edge.context.writer.submit({
      type: 'sale',
      op_id: uuidV7(ports),
      text: saleText(),
      terminal_id: null,
      staff_id: null,
    });
}

/** Sales without a start: what a crash in the middle of a life leaves is the business of other suites. */
function sold(count: number): void {
  const engine = new WriterEngine(folder.engine, ports);
  const sale = () => ({ type: 'sale', op_id: uuidV7(ports), text: saleText() }) as const;
  const nobody = { terminal_id: null, staff_id: null };
  engine.execute(Array.from({ length: count }, () => ({ ...sale(), ...nobody })));
  engine.close();
}

async function running<T>(use: (edge: RunningEdge) => Promise<T>): Promise<T> {
  const edge = await start();
  try {
    return await use(edge);
  } finally {
    await edge.close();
  }
}

/** What a start finds: sales, and why each stream was closed. */
async function found(): Promise<{ sales: number; closed: (string | null)[] }> {
  return await running(async ({ context: { db } }) => ({
    sales: listTransactions(db, { limit: 100 }).transactions.length,
    closed: allStreams(db).map((stream) => stream.closed_why),
  }));
}

async function code(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'done';
  } catch (error) {
    if (!isAppError(error)) throw error;
    expect(error.message).not.toContain('\n');
    return error.code;
  }
}

/** Changes bytes in the middle of a file. */
function damage(path: string, at = 0.5): void {
  const bytes = readFileSync(path);
  bytes.fill(0x55, Math.floor(bytes.length * at), Math.floor(bytes.length * at) + 64);
  writeFileSync(path, bytes);
}

class Cut extends Error {}

/** The names of the steps that `run` takes, and a way to end it before each of them. */
async function stepsOf(run: (beforeStep: (step: string) => void) => Promise<unknown>): Promise<string[]> {
  const steps: string[] = [];
  await run((step) => void steps.push(step));
  return steps;
}

describe('a backup', () => {
  it('is made while the edge sells, holds whole commits, and says what it is', async () => {
    const made = await running(async (edge) => {
      await sell(edge, 5);
      const selling = sell(edge, 20);
      const result = await backup();
      await selling;
      return result;
    });
    const { manifest, file, keyFile } = made;
    expect(manifest.entries).toBeGreaterThanOrEqual(5);
    expect(manifest.transactions).toBe(manifest.entries);
    expect(manifest.bytes).toBe(statSync(file).size);
    expect(keyFile).toBe(paths().key);
    for (const name of readdirSync(paths().backups))
      expect([name, statSync(join(paths().backups, name)).mode & 0o777]).toEqual([name, 0o600]);
    const key = folder.engine.store.key;
    for (const ending of ['.db', '.json']) {
      const bytes = readFileSync(file.replace(/\.db$/, ending));
      expect(bytes.includes(Buffer.from(key)) || bytes.includes(Buffer.from(key).toString('base64url'))).toBe(
        false,
      );
    }
    expect(readFileSync(file).includes('astrid')).toBe(false);
  });

  it('is made of a stopped edge, also of one that was killed with its log full', async () => {
    sold(2);
    expect((await backup()).manifest.entries).toBe(2);
    const edge = await start();
    await sell(edge, 3);
    const copy = await testFolder();
    const to = pathsOf(copy.options);
    rmSync(to.database);
    for (const ending of ['', '-wal'])
      copyFileSync(`${paths().database}${ending}`, `${to.database}${ending}`);
    copyFileSync(paths().key, to.key);
    await edge.close();
    expect((await backupEdge({ options: copy.options, ports })).manifest.entries).toBe(5);
    copy.remove();
  });

  it('is listed newest first, and older ones go when so many are kept', async () => {
    const files = [];
    for (let i = 0; i < 3; i += 1) files.push((await backup()).file);
    expect(listBackups(paths().backups).map(({ file }) => file)).toEqual(files.toReversed());
    const { deleted, file } = await backup({ keep: 2 });
    expect(deleted).toEqual([files[1], files[0]]);
    expect(readdirSync(paths().backups).length).toBe(4);
    expect(listBackups(paths().backups)[0]?.file).toBe(file);
  });

  it('is made and listed whatever else lies in the folder', async () => {
    const { file } = await backup();
    const at = (name: string) => join(paths().backups, name);
    writeFileSync(at('a.db'), '');
    writeFileSync(at('a.json'), '{"format":2}');
    writeFileSync(at('b.db'), '');
    mkdirSync(at('b.json'));
    mkdirSync(at('c.db'));
    symlinkSync('/nowhere', at('.edge-x.part'));
    expect(listBackups(paths().backups).map((each) => each.file)).toEqual([file]);
    expect((await backup({ keep: 1 })).deleted).toEqual([file]);
  });

  it('is not made of a damaged store', async () => {
    sold(30);
    damage(paths().database);
    expect(['backup_damaged', 'store_damaged']).toContain(await code(backup()));
    expect(readdirSync(paths().backups)).toEqual([]);
  });

  it('is not made of a chain that does not verify', async () => {
    sold(3);
    const db = openForWriting(folder.engine.store);
    db.prepare("UPDATE entry SET body = replace(body, '45.00', '46.00') WHERE entry_id = 2").run();
    db.close();
    expect(await code(backup())).toBe('backup_damaged');
    expect(listBackups(paths().backups)).toEqual([]);
  });

  it('leaves the room that sales need', async () => {
    folder.options = { ...folder.options, freeBytesMin: 2 ** 50 };
    expect(await code(backup())).toBe('no_room');
  });
});

describe('a restore', () => {
  const prepare = async () => {
    sold(3);
    const { file } = await backup();
    sold(2);
    return file;
  };

  it('puts the backup in place, keeps what was there, and the edge goes on under a new incarnation', async () => {
    const file = await prepare();
    const { aside } = await restore(file);
    expect(readdirSync(aside)).toContain('edge.db');
    const moved = openForReading({ ...folder.engine.store, path: join(aside, 'edge.db') });
    expect(listTransactions(moved, { limit: 100 }).transactions.length).toBe(5);
    moved.close();
    expect(await found()).toEqual({ sales: 3, closed: ['restored', null] });
    expect(await found()).toEqual({ sales: 3, closed: ['restored', null] });
  });

  it('begins a new incarnation also when nothing was sold since', async () => {
    sold(3);
    const { file } = await backup();
    await restore(file);
    expect(await found()).toEqual({ sales: 3, closed: ['restored', null] });
  });

  it('is refused while the edge runs', async () => {
    const file = await prepare();
    expect(await running(() => code(restore(file)))).toBe('data_folder_in_use');
  });

  it('of a file that was cut, changed or is none is refused, and the store stays', async () => {
    const file = await prepare();
    const bytes = readFileSync(file);
    damage(file);
    expect(await code(restore(file))).toBe('backup_damaged');
    writeFileSync(file, bytes.subarray(0, bytes.length - 4096));
    expect(await code(restore(file))).toBe('backup_damaged');
    writeFileSync(file, bytes);
    appendFileSync(file, 'x');
    expect(await code(restore(file))).toBe('backup_damaged');
    rmSync(file.replace(/\.db$/, '.json'));
    damage(file);
    expect(['backup_damaged', 'store_damaged']).toContain(await code(restore(file)));
    expect(await code(restore('/nowhere/edge.db'))).toBe('backup_damaged');
    expect(await found()).toEqual({ sales: 5, closed: [null] });
    expect(existsSync(paths().nextDatabase)).toBe(false);
  });

  it('of another edge, or into a folder that nothing is known of, is refused without force', async () => {
    const file = await prepare();
    const other = await testFolder();
    const into = pathsOf(other.options);
    copyFileSync(paths().key, into.key);
    const restoreThere = (force = false) => restoreEdge({ options: other.options, ports, file, force });
    writeFileSync(into.sentinel, JSON.stringify({ db_id: 'other', incarnation: 'x', tips: {} }));
    expect(await code(restoreThere())).toBe('backup_foreign');
    rmSync(into.sentinel);
    rmSync(into.database);
    expect(await code(restoreThere())).toBe('backup_foreign');
    expect(await code(restoreThere(true))).toBe('done');
    const edge = await startEdge({ options: other.options, ports, logger: silent });
    expect(listTransactions(edge.context.db, { limit: 9 }).transactions.length).toBe(3);
    await edge.close();
    other.remove();
  });

  it('of a lost or a damaged store brings it back', async () => {
    const file = await prepare();
    rmSync(paths().database);
    await restore(file);
    expect((await found()).sales).toBe(3);
    truncateSync(paths().database, 5000);
    expect(['store_damaged', 'key_wrong', 'store_unavailable']).toContain(await code(start()));
    await restore(file);
    expect((await found()).sales).toBe(3);
  });

  it('that ends before any of its steps leaves the old store or the restored one', async () => {
    const file = await prepare();
    const steps = await stepsOf((beforeStep) => restore(file, { beforeStep }));
    expect(steps.length).toBeGreaterThan(4);
    const outcomes = [];
    for (const [index, step] of steps.entries()) {
      folder.remove();
      folder = await testFolder();
      const again = await prepare();
      let count = 0;
      const cut = restore(again, {
        beforeStep: () => {
          if (count === index) throw new Cut(step);
          count += 1;
        },
      });
      await expect(cut).rejects.toThrow(Cut);
      const { sales, closed } = await found();
      outcomes.push(sales);
      expect([step, sales === 5 ? [null] : ['restored', null]]).toEqual([step, closed]);
      expect(readdirSync(paths().folder).filter((name) => /next|swap/.test(name))).toEqual([]);
    }
    expect(outcomes).toEqual([5, ...steps.slice(1).map(() => 3)]);
  });
});

describe('a new key', () => {
  const openWith = (text: string): string => {
    const file = join(paths().folder, 'try.key');
    writeFileSync(file, text);
    const db = openForReading(storeKey({ ...paths(), key: file }, folder.options));
    db.close();
    return 'opens';
  };

  it('opens the store, and the old one does not any more', async () => {
    sold(3);
    const old = readFileSync(paths().key, 'utf8');
    const oldSecret = Buffer.from(folder.engine.store.key);
    const { keyId, oldKeyId } = await rekey();
    expect(keyId).not.toBe(oldKeyId);
    expect(readFileSync(paths().key, 'utf8')).not.toBe(old);
    expect(await found()).toEqual({ sales: 3, closed: [null] });
    expect(() => openWith(old)).toThrow('does not open');
    for (const name of readdirSync(paths().folder, { recursive: true, encoding: 'utf8' })) {
      const path = join(paths().folder, name);
      if (name === 'try.key' || !statSync(path).isFile()) continue;
      const bytes = readFileSync(path);
      expect([name, bytes.includes(oldSecret), bytes.includes(oldSecret.toString('base64url'))]).toEqual([
        name,
        false,
        false,
      ]);
    }
  });

  it('takes a passphrase, and gives it up', async () => {
    await rekey({ passphrase: 'correct horse' });
    expect(await code(start())).toBe('key_wrong');
    folder.options = { ...folder.options, keyPassphrase: 'correct horse' };
    expect((await found()).sales).toBe(0);
    await rekey({ passphrase: null });
    folder.options = { ...folder.options, keyPassphrase: undefined };
    expect((await found()).sales).toBe(0);
  });

  it('leaves older backups to the old key, which can be kept for them', async () => {
    sold(3);
    const { file } = await backup();
    const kept = join(paths().folder, 'old.key');
    await rekey({ keepOldKey: kept });
    expect(await code(rekey({ keepOldKey: kept }))).toBe('usage');
    expect(await code(restore(file))).toBe('key_wrong');
    await restore(file, { backupKey: { path: kept } });
    expect(await found()).toEqual({ sales: 3, closed: ['restored', null] });
    expect(await code(restore((await backup()).file))).toBe('done');
  });

  it('is refused while the edge runs, and with the wrong key beside the store', async () => {
    expect(await running(() => code(rekey()))).toBe('data_folder_in_use');
    const { random } = ports;
    writeFileSync(paths().key, sealKey({ secret: random.bytes(32), random }));
    expect(await code(rekey())).toBe('key_wrong');
  });

  it('that ends before any of its steps leaves a store that starts', async () => {
    const steps = await stepsOf((beforeStep) => rekey({ beforeStep }));
    expect(steps).toContain('wipe the key');
    for (const [index, step] of steps.entries()) {
      folder.remove();
      folder = await testFolder();
      sold(2);
      let count = 0;
      const cut = rekey({
        beforeStep: () => {
          if (count === index) throw new Cut(step);
          count += 1;
        },
      });
      await expect(cut).rejects.toThrow(Cut);
      expect([step, await found()]).toEqual([step, { sales: 2, closed: [null] }]);
      expect(readdirSync(paths().folder).filter((name) => /next|swap|rekeyed/.test(name))).toEqual([]);
    }
  });
});

describe('a lost store', () => {
  it('is not replaced by an empty one, neither by a start nor by init', async () => {
    sold(1);
    for (const lose of [() => rmSync(paths().database), () => truncateSync(paths().database)]) {
      if (!existsSync(paths().database)) writeFileSync(paths().database, 'x');
      lose();
      expect(await code(start())).toBe('store_missing');
      expect(await code(initEdge({ options: folder.options, ports }))).toBe('store_missing');
    }
    rmSync(paths().key);
    expect(await code(initEdge({ options: folder.options, ports }))).toBe('store_missing');
  });

  it('names both ways out', async () => {
    sold(1);
    rmSync(paths().database);
    await expect(start()).rejects.toThrow(/holdfast edge restore FILE.*holdfast init --replace-lost-store/);
  });

  it('is told also when only the key is there, as when the disk is not mounted', async () => {
    rmSync(paths().database);
    expect(await code(start())).toBe('store_missing');
    await initEdge({ options: folder.options, ports });
    expect((await found()).sales).toBe(0);
  });

  it('is given up when that is said, and what is left of it is kept', async () => {
    sold(1);
    const before = readFileSync(paths().sentinel, 'utf8');
    rmSync(paths().database);
    const made = await initEdge({ options: folder.options, ports, replaceLostStore: true });
    expect(readFileSync(join(made.aside ?? '', 'sentinel'), 'utf8')).toBe(before);
    expect(await found()).toEqual({ sales: 0, closed: [null] });
  });

  it('whose key is gone is told as that, and can be given up', async () => {
    sold(1);
    rmSync(paths().key);
    expect(await code(start())).toBe('key_missing');
    expect(await code(initEdge({ options: folder.options, ports }))).toBe('key_missing');
    const made = await initEdge({ options: folder.options, ports, replaceLostStore: true });
    expect(readdirSync(made.aside ?? '')).toContain('edge.db');
    expect((await found()).sales).toBe(0);
  });

  it('is never what a store that opens is taken for', async () => {
    sold(1);
    const made = await initEdge({ options: folder.options, ports, replaceLostStore: true });
    expect(made.created).toBe(false);
    expect((await found()).sales).toBe(1);
  });
});

describe('a damaged store', () => {
  it('says so at the start, when it is a page that a start needs', async () => {
    sold(40);
    const whole = readFileSync(paths().database);
    const codes = new Set<string>();
    for (let page = 1; page * 4096 < whole.length; page += 3) {
      const bytes = Buffer.from(whole);
      bytes.fill(0x55, page * 4096 + 100, page * 4096 + 164);
      writeFileSync(paths().database, bytes);
      for (const ending of ['-wal', '-shm']) rmSync(`${paths().database}${ending}`, { force: true });
      codes.add(await code(start().then((edge) => edge.close())));
    }
    expect([...codes].sort()).toEqual(['done', 'store_damaged']);
  });

  it('whose first page is hit cannot be told from one of another key, and says both', async () => {
    sold(3);
    const bytes = readFileSync(paths().database);
    bytes.fill(0x55, 100, 164);
    writeFileSync(paths().database, bytes);
    await expect(start()).rejects.toThrow(/another store, or the first page is damaged and a backup/);
  });
});
