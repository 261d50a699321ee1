import { execFileSync } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { isAppError, randomId, systemPorts } from '@holdfast/base';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabases } from './databases.ts';
import { type RestoreSource, restoreHub } from './restore-hub.ts';
import { beginHubLife, type HubLife, logger } from './testing-life.ts';

let life: HubLife;
beforeEach(async () => {
  life = await beginHubLife();
});
afterEach(async () => await life.close());

/** A hub with a device that has sold `amounts`. */
async function sellOf(amounts: string[]) {
  await life.start();
  const device = await life.enrolled();
  for (const amount of amounts) device.sell(amount);
  await life.send(device);
  return device;
}

const folders = async () => (await readdir(join(life.settings.dataFolder, 'backups'))).sort();
const names = () => databases().names;
const databases = () =>
  openDatabases({ databaseUrl: life.settings.databaseUrl ?? '', ports: systemPorts, logger });

const ASTRID = { name: 'Astrid', role: 'cashier', pin: '1234' };

/** A restore that keeps what it replaces. */
const keeping = (source: RestoreSource) =>
  restoreHub({
    ...{ settings: life.settings, source, dropOld: false },
    ...{ ports: systemPorts, logger, onStep: () => {} },
  });

describe('a backup', () => {
  test('of a hub that runs is tried, complete, and for its owner alone', async () => {
    await sellOf(['1.00', '2.00']);
    const { folder, manifest, tested } = await life.backup();
    expect(tested).toBe(true);
    const rows = Object.fromEntries(manifest.files.map(({ table, rows: count }) => [table, count]));
    expect(rows).toMatchObject({
      entry: 2,
      booking: 2,
      posting: 4,
      device: 1,
      location: 1,
      tenant: 1,
      claim: 1,
    });
    expect(manifest.sequences).toEqual({ booking_no: '2' });
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    for (const name of await readdir(folder))
      expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
    const kept = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name))));
    for (const secret of ['mac-key', 'root-key', 'hub-key', 'api-token']) {
      const text = (await readFile(join(life.settings.dataFolder, secret), 'utf8')).trim();
      expect(kept.some((bytes) => bytes.includes(text))).toBe(false);
    }
  });

  test('of a hub that does not run is the same, and nothing is left on the server', async () => {
    await sellOf(['1.00']);
    const first = await life.backup();
    await life.stop();
    const second = await life.backup();
    expect(second.manifest.files).toEqual(first.manifest.files);
    const left = await life
      .start()
      .then(({ context }) =>
        context.pool.query("SELECT FROM pg_database WHERE starts_with(datname, 'holdfast_check_')"),
      );
    expect(left.rowCount).toBe(0);
  });

  test('keeps the newest, and clears away what a killed one left', async () => {
    await sellOf(['1.00']);
    const made = [await life.backup({ test: false }), await life.backup({ test: false })];
    await cp(made[0]?.folder ?? '', join(life.settings.dataFolder, 'backups', '.making-1'), {
      recursive: true,
    });
    const last = await life.backup({ test: false, keep: 2 });
    expect(last.removed).toEqual([made[0]?.folder]);
    const backups = (await folders()).filter((name) => !name.startsWith('process.'));
    expect(backups).toEqual([made[1]?.folder, last.folder].map((folder) => folder?.split('/').at(-1)));
  });

  test('is refused for a folder without a hub, which stays untouched', async () => {
    const failure = await life.backup().catch((error: unknown) => error);
    expect(isAppError(failure, 'hub_key_missing')).toBe(true);
    await expect(readdir(life.settings.dataFolder)).rejects.toThrow();
  });

  test('says which right it needs to be tried, and does without it when it is told to', async () => {
    await sellOf(['1.00']);
    const { pool } = life.hub.context;
    const role = `reader_${randomId(systemPorts.random)}`;
    await pool.query(`CREATE ROLE ${role} LOGIN PASSWORD 'secret' IN ROLE pg_read_all_data`);
    const url = new URL(life.settings.databaseUrl ?? '');
    Object.assign(url, { username: role, password: 'secret' });
    const settings = { ...life.settings, databaseUrl: url.href };
    try {
      await expect(life.backup({ settings })).rejects.toMatchObject({
        code: 'postgres_refused',
        message: expect.stringContaining('CREATEDB'),
      });
      expect((await folders()).filter((name) => name.startsWith('hub-'))).toEqual([]);
      expect(await life.backup({ settings, test: false })).toMatchObject({ tested: false });
    } finally {
      await pool.query(`DROP ROLE ${role}`);
    }
  });

  test('streams a table that is larger than every buffer, to the byte', async () => {
    await life.start();
    const { pool } = life.hub.context;
    await pool.query(
      `INSERT INTO used_nonce SELECT 'line ' || n || E'\\n\\ttab \\\\ ' || repeat('x', 300), now() FROM generate_series(1, 50000) AS n`,
    );
    const { manifest } = await life.backup();
    expect(manifest.files.find(({ table }) => table === 'used_nonce')?.rows).toBe(50_000);
  });
});

describe('a restore', () => {
  test('gives the ledger back, with a generation of its own, and keeps what came after in the archive', async () => {
    const device = await sellOf(['1.00', '2.00']);
    const before = life.hub.context;
    const generation = async () =>
      (await life.hub.context.pool.query("SELECT value FROM hub_meta WHERE key = 'generation'")).rows;
    const first = await generation();
    const { folder } = await life.backup();
    device.sell('3.00');
    await life.send(device, 3);
    await life.stop();
    const restored = await life.restore({ kind: 'backup', folder });
    expect(restored.replay).toMatchObject({ entries: { replayed: 1 }, gaps: [], damaged: [] });
    await life.start();
    expect(life.hub.context).not.toBe(before);
    expect(await life.ledger()).toEqual(['100', '200', '300']);
    expect(await generation()).toEqual([{ value: restored.generation }]);
    expect(await generation()).not.toEqual(first);
    const { rows } = await life.hub.context.pool.query('SELECT acked_seq, safe_seq FROM stream');
    expect(rows).toEqual([{ acked_seq: 3n, safe_seq: 3n }]);
    // New bookings go on after the old ones.
    device.sell('4.00');
    await life.send(device.at(life.hub.url), 4);
    expect(await life.ledger()).toEqual(['100', '200', '300', '400']);
  });

  test('is refused while the hub runs', async () => {
    await sellOf(['1.00']);
    const { folder } = await life.backup({ test: false });
    const failure = await life.restore({ kind: 'backup', folder }).catch((error: unknown) => error);
    expect(isAppError(failure, 'data_folder_in_use')).toBe(true);
  });

  test('refuses a backup that was changed, before it touches anything', async () => {
    await sellOf(['1.00']);
    const { folder } = await life.backup({ test: false });
    await life.stop();
    const manifest = join(folder, 'manifest.json');
    const text = await readFile(manifest, 'utf8');
    await writeFile(manifest, text.replace('"rows": 2', '"rows": 3'));
    await expect(life.restore({ kind: 'backup', folder })).rejects.toMatchObject({ code: 'backup_damaged' });
    await writeFile(manifest, text);
    const table = join(folder, 'booking.copy.gz');
    const bytes = await readFile(table);
    await writeFile(table, bytes.subarray(0, bytes.length - 12));
    await expect(life.restore({ kind: 'backup', folder })).rejects.toMatchObject({ code: 'backup_damaged' });
    await writeFile(table, Buffer.concat([bytes.subarray(0, 20), Buffer.alloc(4), bytes.subarray(24)]));
    await expect(life.restore({ kind: 'backup', folder })).rejects.toMatchObject({ code: 'backup_damaged' });
    await rm(table);
    await expect(life.restore({ kind: 'backup', folder })).rejects.toMatchObject({ code: 'backup_damaged' });
    await writeFile(table, bytes);
    expect(await databases().exists(names().restoring)).toBe(false);
    await life.start();
    expect(await life.ledger()).toEqual(['100']);
  });

  test('gives the server nothing of what is not the file that was written', async () => {
    await sellOf(['1.00']);
    const { folder } = await life.backup();
    await life.stop();
    const file = join(folder, 'entry.copy.gz');
    const { size } = await stat(file);
    const bomb = gzipSync(Buffer.alloc(100_000_000), { level: 1 });
    const others = [
      () => writeFile(file, bomb),
      () => writeFile(file, bomb.subarray(0, size)),
      () => execFileSync('mkfifo', [file]),
      () => symlink('/dev/zero', file),
      () => mkdir(file),
    ];
    for (const put of others) {
      await rm(file, { recursive: true });
      await put();
      const refused = await life.restore({ kind: 'backup', folder }).catch((error: unknown) => error);
      expect(isAppError(refused, 'backup_damaged') && refused.message).toContain(
        'entry.copy.gz is not the file that was written',
      );
    }
    const manifest = join(folder, 'manifest.json');
    await rm(manifest);
    execFileSync('mkfifo', [manifest]);
    const refused = await life.restore({ kind: 'backup', folder }).catch((error: unknown) => error);
    expect(isAppError(refused, 'backup_damaged') && refused.message).toContain('There is no backup here');
  });

  test('of a backup of another hub is refused', async () => {
    await sellOf(['1.00']);
    const { folder } = await life.backup({ test: false });
    const other = await beginHubLife();
    try {
      await other.start();
      await other.stop();
      const failure = await other.restore({ kind: 'backup', folder }).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'backup_damaged' });
    } finally {
      await other.close();
    }
  });

  test('that was killed leaves the old database in its place, and is made again', async () => {
    await sellOf(['1.00']);
    const { folder } = await life.backup({ test: false });
    await life.stop();
    // As a kill leaves it: half a database beside the old one.
    await databases().create(names().restoring);
    await life.start();
    expect(await life.ledger()).toEqual(['100']);
    await life.stop();
    await life.restore({ kind: 'backup', folder });
    expect(await databases().exists(names().restoring)).toBe(false);
    await life.start();
    expect(await life.ledger()).toEqual(['100']);
  });

  test('works without the old database, and keeps it aside when it is there', async () => {
    await sellOf(['1.00']);
    const { folder } = await life.backup({ test: false });
    await life.stop();
    const kept = await keeping({ kind: 'backup', folder });
    expect(kept.kept_databases).toEqual([kept.kept_database]);
    expect(await databases().exists(kept.kept_database ?? '')).toBe(true);
    await databases().drop(names().own);
    const others = `${names().own}_before_sale`;
    await databases().create(others);
    const restored = await keeping({ kind: 'backup', folder });
    expect([restored.kept_database, restored.kept_databases]).toEqual([null, kept.kept_databases]);
    await life.start();
    expect(await life.ledger()).toEqual(['100']);
    await life.stop();
    expect((await life.restore({ kind: 'archive' })).kept_databases).toEqual([]);
    expect(await databases().kept()).toEqual([]);
    expect(await databases().exists(others)).toBe(true);
    await databases().drop(others);
  });

  test('of a hub whose database has a long name finds what it kept', async () => {
    const { databaseUrl = '' } = life.settings;
    const [one, two] = ['one', 'two'].map((ending) => {
      const url = new URL(databaseUrl);
      url.pathname = `/${names().own}_${'x'.repeat(40)}_${ending}`.slice(0, 60) + ending;
      return openDatabases({ databaseUrl: url.href, ports: systemPorts, logger });
    });
    await one?.create(one.names.restoring);
    expect(await two?.exists(two.names.restoring)).toBe(false);
    expect(await one?.switchOver()).toBe(null);
    await one?.create(one.names.restoring);
    const kept = await one?.switchOver();
    expect([await one?.kept(), await two?.kept()]).toEqual([[kept], []]);
    for (const name of [one?.names.own, kept]) await one?.drop(name ?? '');
  });

  test('after another one loses no database, and goes back to the first', async () => {
    await sellOf(['1.00']);
    const before = (await life.operate('PUT', '/api/v1/staff/astrid', ASTRID)).status;
    expect(before).toBeLessThan(300);
    await life.stop();
    const first = await keeping({ kind: 'archive' });
    const second = await keeping({ kind: 'archive' });
    expect(second.kept_databases).toEqual([first.kept_database, second.kept_database]);
    const staff = async () =>
      (await life.hub.context.pool.query("SELECT key FROM feed_item WHERE collection = 'staff'")).rows;
    await life.start();
    expect(await staff()).toEqual([]);
    await life.stop();
    await expect(keeping({ kind: 'kept', database: 'elsewhere' })).rejects.toMatchObject({
      code: 'backup_damaged',
      message: expect.stringContaining(first.kept_database ?? '?'),
    });
    const back = await keeping({ kind: 'kept', database: first.kept_database ?? '' });
    expect(back.kept_databases.length).toBe(3);
    await life.start();
    expect(await staff()).toEqual([{ key: 'astrid' }]);
    expect(await life.ledger()).toEqual(['100']);
    await life.stop();
    await life.restore({ kind: 'in_place' });
    expect(await databases().kept()).toEqual([]);
  });

  test('with the MAC key of another hub is refused, and so is a start', async () => {
    await sellOf(['1.00']);
    await life.stop();
    const path = join(life.settings.dataFolder, 'mac-key');
    const text = await readFile(path);
    await cp(join(life.settings.dataFolder, 'hub-key'), path);
    for (const attempt of [() => life.restore({ kind: 'in_place' }), () => life.start()])
      await expect(attempt()).rejects.toMatchObject({
        code: 'key_wrong',
        message: expect.stringContaining('mac-key'),
      });
    await writeFile(path, text);
    await life.start();
    expect(await life.ledger()).toEqual(['100']);
  });
});
