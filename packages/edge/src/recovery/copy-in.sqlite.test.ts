import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { systemPorts, uuidV7 } from '@holdfast/base';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pathsOf } from '../paths.ts';
import { startEdge } from '../start.ts';
import { openForWriting } from '../store/open.ts';
import { listTransactions } from '../store/transactions.ts';
import { saleText, silent, testFolder } from '../testing.ts';
import { WriterEngine } from '../writer/engine.ts';
import { backupEdge } from './backup.ts';
import { rekeyEdge } from './rekey.ts';
import { restoreEdge } from './restore.ts';

let folder: Awaited<ReturnType<typeof testFolder>>;
beforeEach(async () => {
  folder = await testFolder();
});
afterEach(() => folder.remove());

const ports = systemPorts;
const paths = () => pathsOf(folder.options);
const restore = (file: string, more: Partial<Parameters<typeof restoreEdge>[0]> = {}) =>
  restoreEdge({ options: folder.options, ports, file, ...more });

function sold(engine: WriterEngine, count: number): void {
  const sale = () => ({ type: 'sale', op_id: uuidV7(ports), text: saleText() }) as const;
  const nobody = { terminal_id: null, staff_id: null };
  engine.execute(Array.from({ length: count }, () => ({ ...sale(), ...nobody })));
}

/** Sales of a process that was killed: the last ones are in the log alone. */
function soldAndKilled(count: number): void {
  const engine = new WriterEngine(folder.engine, ports);
  sold(engine, count);
  const away = join(paths().folder, 'killed');
  mkdirSync(away);
  for (const ending of ['', '-wal'])
    copyFileSync(`${paths().database}${ending}`, join(away, `edge.db${ending}`));
  engine.close();
  for (const ending of ['', '-wal'])
    copyFileSync(join(away, `edge.db${ending}`), `${paths().database}${ending}`);
  rmSync(away, { recursive: true });
}

async function salesAfterStart(): Promise<number> {
  const edge = await startEdge({ options: folder.options, ports, logger: silent });
  const { transactions } = listTransactions(edge.context.db, { limit: 100 });
  await edge.close();
  return transactions.length;
}

describe('a store that was put aside', () => {
  it('comes back with the sales that are in its log alone', async () => {
    const { file } = await backupEdge({ options: folder.options, ports });
    soldAndKilled(4);
    const first = await restore(file);
    expect(readdirSync(first.aside)).toContain('edge.db-wal');
    expect(first.unsent).toBe(4);
    const second = await restore(join(first.aside, 'edge.db'));
    expect(second.summary.transactions).toBe(4);
    expect(second.unsent).toBe(0);
    expect(await salesAfterStart()).toBe(4);
    expect(readdirSync(paths().folder).filter((name) => name.includes('next'))).toEqual([]);
  });

  it('comes back also when the key was changed since', async () => {
    const { file } = await backupEdge({ options: folder.options, ports });
    soldAndKilled(3);
    const { aside } = await restore(file);
    const old = join(paths().folder, 'old.key');
    await rekeyEdge({ options: folder.options, ports, passphrase: null, keepOldKey: old });
    await expect(restore(join(aside, 'edge.db'))).rejects.toThrow('--backup-key');
    await restore(join(aside, 'edge.db'), { backupKey: { path: old } });
    expect(await salesAfterStart()).toBe(3);
  });

  it('is left as it was by a restore of it', async () => {
    const { file } = await backupEdge({ options: folder.options, ports });
    soldAndKilled(2);
    const { aside } = await restore(file);
    const before = readFileSync(join(aside, 'edge.db-wal'));
    await restore(join(aside, 'edge.db'));
    expect(readFileSync(join(aside, 'edge.db-wal')).equals(before)).toBe(true);
  });
});

describe('what a restore leaves behind', () => {
  it('is nothing when the backup holds it too, or the hub has it', async () => {
    soldAndKilled(3);
    const { file } = await backupEdge({ options: folder.options, ports });
    expect((await restore(file)).unsent).toBe(0);
    const db = openForWriting(folder.engine.store);
    db.prepare('DELETE FROM edge_transactions WHERE id = (SELECT min(id) FROM edge_transactions)').run();
    db.prepare('UPDATE edge_transactions SET synced_at = 1').run();
    db.close();
    expect((await restore(file)).unsent).toBe(0);
  });

  it('is not known of a store that does not open', async () => {
    const { file } = await backupEdge({ options: folder.options, ports });
    writeFileSync(paths().database, 'x'.repeat(9000));
    expect((await restore(file, { force: true })).unsent).toBeUndefined();
  });
});

describe('what is no backup', () => {
  it('is told by its own name, and never by that of the copy', async () => {
    const file = join(paths().folder, 'photo.db');
    for (const bytes of ['hello', 'x'.repeat(20_000), 'SQLite format 3\0'.padEnd(8192, '\0')]) {
      writeFileSync(file, bytes);
      const error = await restore(file).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toMatchObject({ code: 'backup_damaged', message: expect.stringContaining(file) });
      expect(String(error)).not.toContain('edge.db.next');
    }
    expect(existsSync(paths().nextDatabase)).toBe(false);
  });

  it('is a folder', async () => {
    await expect(restore(paths().folder)).rejects.toThrow('is no file');
  });
});

it('a pipe or a link in the place of the log of a backup is not read', async () => {
  soldAndKilled(1);
  const { file } = await backupEdge({ options: folder.options, ports });
  rmSync(file.replace('.db', '.json'));
  for (const put of [
    () => execFileSync('mkfifo', [`${file}-wal`]),
    () => symlinkSync(paths().key, `${file}-wal`),
  ]) {
    put();
    expect((await restore(file)).summary.transactions).toBe(1);
    rmSync(`${file}-wal`);
  }
});
