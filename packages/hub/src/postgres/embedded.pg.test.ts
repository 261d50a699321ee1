import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAppError, must, systemPorts } from '@holdfast/base';
import { createLogger } from '@holdfast/runtime';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded.ts';
import { emptyLog, logFileIn } from './log-file.ts';

const logger = createLogger({ level: 'silent', service: 'test' });
let parent: string;
let folder: string;
const running: EmbeddedPostgres[] = [];
const children: ChildProcess[] = [];

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'holdfast-pg-'));
  await chmod(parent, 0o755);
  folder = join(parent, 'postgres');
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const server of running.splice(0)) await server.stop();
  await rm(parent, { recursive: true, force: true });
});

async function start(): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ folder, logger, ports: systemPorts });
  running.push(server);
  return server;
}

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** Starts a process that starts PostgreSQL, so that it can be killed without warning. */
function startChild(): ChildProcess {
  const child = fork(join(import.meta.dirname, 'testing-child.ts'), [folder], { stdio: 'ignore' });
  children.push(child);
  return child;
}

describe('embedded PostgreSQL', () => {
  test('starts, keeps what is durable on, and comes back with its data', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE kept (n integer); INSERT INTO kept VALUES (7)');
    for (const name of ['fsync', 'synchronous_commit', 'full_page_writes']) {
      expect(await query(first.url, `SHOW ${name}`)).toEqual([{ [name]: 'on' }]);
    }
    expect(await query(first.url, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    await first.stop();
    expect(await first.exited).toEqual({ code: 0, signal: null });
    const second = await start();
    expect(await query(second.url, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
  });

  test('asks for the password, which stands in a file of mode 0600', async () => {
    const server = await start();
    const wrong = new URL(server.url);
    wrong.password = 'wrong';
    await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
    expect((await stat(join(folder, 'password'))).mode & 0o777).toBe(0o600);
    expect(new URL(server.url).password).toBe((await readFile(join(folder, 'password'), 'utf8')).trim());
  });

  test('starts again on the folder of a killed postmaster, with every committed row', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE kept (n integer); INSERT INTO kept SELECT generate_series(1, 100)');
    process.kill(first.pid, 'SIGKILL');
    expect(await first.exited).toEqual({ code: null, signal: 'SIGKILL' });
    const second = await start();
    expect(await query(second.url, 'SELECT count(*)::int AS n FROM kept')).toEqual([{ n: 100 }]);
  });

  test('has a log that can be emptied while it runs, and goes on writing to it', async () => {
    const server = await start();
    const say = (text: string) => query(server.url, `DO $$ BEGIN RAISE LOG '%', ${text}; END $$`);
    await say("repeat('x', 9000000)");
    const path = logFileIn(folder);
    expect(await emptyLog(path)).toBe(true);
    await say("'afterwards'");
    const log = await readFile(path, 'utf8');
    expect(log).toContain('afterwards');
    expect([log.length < 10_000, (await stat(`${path}.1`)).size > 9_000_000]).toEqual([true, true]);
  });

  test('stops the orphan of a killed owner and takes the folder over', async () => {
    const child = startChild();
    const [message] = await once(child, 'message');
    await query(message.url, 'CREATE TABLE kept (n integer)');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const server = await start();
    expect(server.pid).not.toBe(message.pid);
    expect(await query(server.url, 'SELECT count(*)::int AS n FROM kept')).toEqual([{ n: 0 }]);
  });

  test('makes the cluster again when initdb was killed in the middle', async () => {
    const child = startChild();
    while (!(existsSync(folder) && (await readdir(folder)).some((name) => name.startsWith('making-')))) {
      await systemPorts.timers.sleep(5);
    }
    await systemPorts.timers.sleep(100);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const server = await start();
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect((await readdir(folder)).filter((name) => name.startsWith('making-'))).toEqual([]);
  });

  test('a second owner is refused while the first one lives', async () => {
    const child = startChild();
    const [message] = await once(child, 'message');
    const failure = await startEmbeddedPostgres({ folder, logger, ports: systemPorts }).catch(
      (error) => error,
    );
    expect(isAppError(failure, 'data_folder_in_use')).toBe(true);
    expect(await query(message.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    child.send('stop');
    await once(child, 'exit');
  });

  test('a pid file that names another program does not stand in the way', async () => {
    const first = await start();
    await first.stop();
    const pidFile = join(folder, 'data', 'postmaster.pid');
    await writeFile(pidFile, `${process.pid}\n${join(folder, 'data')}\n`);
    const second = await start();
    expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('names the log when PostgreSQL refuses its folder', async () => {
    const first = await start();
    await first.stop();
    await rm(join(folder, 'data', 'global'), { recursive: true });
    const failure = await startEmbeddedPostgres({ folder, logger, ports: systemPorts }).catch(
      (error) => error,
    );
    expect(isAppError(failure, 'postgres_failed')).toBe(true);
    expect(must(failure.message, 'an error says something')).toContain(join(folder, 'postgres.log'));
  });
});
