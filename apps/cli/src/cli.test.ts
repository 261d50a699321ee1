import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Transport } from '@holdfast/client';
import { edgeOptions } from '@holdfast/edge';
import type { Reconciliation } from '@holdfast/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from './cli.ts';
import { COMMANDS } from './commands/index.ts';
import { type Spoken, testShell } from './shell/testing.ts';

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'holdfast-cli-'));
});
afterAll(() => rm(cwd, { recursive: true }));

async function say(argv: string[], transport?: Transport): Promise<Spoken> {
  const { shell, spoken } = testShell(argv, { cwd, ...(transport !== undefined && { transport }) });
  await runCli(shell);
  return spoken;
}

/** Answers every request with one document. */
function answering(body: unknown): Transport {
  return async () => ({ status: 200, header: () => undefined, body: Buffer.from(JSON.stringify(body)) });
}

test('an edge without a configuration file is named by its data folder', async () => {
  const data = join(cwd, 'unconfigured');
  expect((await say(['init', '--data', data, '--reserve-bytes', '65536'])).exitCode).toBe(0);
  const verified = await say(['verify', '--data', data, '--json']);
  expect([verified.exitCode, JSON.parse(verified.stdout).counts.streams]).toEqual([0, 1]);
  expect((await say(['export', '--data', data, '--to', join(cwd, 'export')])).exitCode).toBe(0);
  const examined = await say(['doctor', '--data', data]);
  expect([examined.exitCode, examined.stdout]).toEqual([
    0,
    expect.stringContaining('Nothing waits for the hub.'),
  ]);
  expect((await say(['verify', '--archive', cwd, '--data', data])).exitCode).toBe(2);
});

describe('help', () => {
  test('lists every command', async () => {
    const { stdout, exitCode } = await say(['--help']);
    for (const { name } of COMMANDS) expect(stdout).toContain(name);
    expect(exitCode).toBe(0);
  });

  test.each(COMMANDS.map(({ name }) => name))('of %s has a usage, examples and exit codes', async (name) => {
    const { stdout, exitCode } = await say([...name.split(' '), '--help']);
    expect(stdout).toContain(`holdfast ${name}`);
    for (const title of ['Usage', 'Flags', 'Examples', 'Exit codes'])
      expect(stdout).toContain(`\n${title}\n`);
    expect(exitCode).toBe(0);
  });

  test('is one JSON document when asked for', async () => {
    const { stdout } = await say(['status', '--help', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ name: 'status' });
  });
});

describe('what is not understood', () => {
  test.each([
    [['statsu'], "is 'status' meant?"],
    [['edge', 'strat'], "is 'edge start' meant?"],
    [['queue', '--limt', '3'], 'is --limit meant?'],
    [['queue', '--limit', '0'], '--limit is a whole number'],
    [['edge', 'start', '--hub-ulr', 'x'], 'is --hub-url meant?'],
    [['config', 'get', 'store.ids'], "is 'store.id' meant?"],
    [['--jsn'], 'A command comes first'],
  ])('%j', async (argv, message) => {
    const { stdout, stderr, exitCode } = await say(argv);
    expect(stderr).toContain(message);
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
  });

  test('is one JSON document when asked for', async () => {
    const { stdout, stderr, exitCode } = await say(['queue', '--limt', '3', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'usage' } });
    expect([stderr, exitCode]).toEqual(['', 2]);
  });
});

describe('config', () => {
  test('sets, gets and lists, and keeps the rest of the file', async () => {
    const file = join(cwd, 'edge.toml');
    await writeFile(file, '# mine\n[http]\nport = 4111 # door\n');
    expect((await say(['config', 'set', '--location-id', 'S-1', '--api-key', 'claim_x'])).exitCode).toBe(0);
    expect((await say(['config', 'set', 'sync.strategy', 'idle,schedule'])).exitCode).toBe(0);
    expect(await readFile(file, 'utf8')).toBe(
      '# mine\n[http]\nport = 4111 # door\n\n[store]\nid = "S-1"\n\n[hub]\nclaim_token = "claim_x"\n\n' +
        '[sync]\nstrategy = [ "idle", "schedule" ]\n',
    );
    expect((await say(['config', 'get', 'store.id'])).stdout).toBe('S-1\n');
    expect((await say(['config', 'get', 'log.level', '--json'])).stdout).toContain('"info"');
    const list = (await say(['config', 'list'])).stdout;
    expect(list).toContain('4111');
    expect(list).not.toContain('claim_x');
  });

  test('refuses a value that does not fit, and leaves the file', async () => {
    const file = join(cwd, 'edge.toml');
    const before = await readFile(file, 'utf8');
    const { stderr, exitCode } = await say(['config', 'set', 'http.port', 'door']);
    expect(stderr).toContain("'http.port'");
    expect(exitCode).toBe(1);
    expect(await readFile(file, 'utf8')).toBe(before);
  });

  test('writes a commented file where there is none', async () => {
    await say(['config', 'set', 'http.port', '4999', '--config', 'new/edge.toml']);
    const text = await readFile(join(cwd, 'new/edge.toml'), 'utf8');
    expect(text).toContain('\nport = 4999\n');
    expect(text).toContain(`# ${edgeOptions.hubUrl.describe}`);
  });
});

describe('exit codes', () => {
  const to = ['--url', 'http://127.0.0.1:1', '--token', 't'];

  test('75 where nothing answers', async () => {
    const { stderr, exitCode } = await say(['status', ...to]);
    expect(stderr).toContain('Nothing listens at 127.0.0.1:1.');
    expect(exitCode).toBe(75);
  });

  test('1 without a token', async () => {
    expect(await say(['reconcile'])).toMatchObject({ exitCode: 1 });
  });

  test('3 when the ledger misses something, 0 when it does not', async () => {
    const answer = reconciliation();
    expect((await say(['reconcile', ...to], answering(answer))).exitCode).toBe(0);
    const [stream] = answer.streams;
    const missing = { ...answer, streams: [{ ...stream, missing: 2, state: 'waiting' }] };
    const { stdout, exitCode } = await say(['reconcile', ...to], answering(missing));
    expect(stdout).toContain('Not reconciled');
    expect(exitCode).toBe(3);
    expect((await say(['reconcile', ...to], answering({ ...answer, balanced: false }))).exitCode).toBe(3);
  });

  test('75 from sync when the edge cannot get rid of what waits', async () => {
    const answer = { pushed: 0, skipped: 0, pending: 4, online: true };
    const { stdout, exitCode } = await say(['sync', ...to, '--json'], answering(answer));
    expect(JSON.parse(stdout)).toEqual(answer);
    expect(exitCode).toBe(75);
  });
});

describe('quarantine', () => {
  const to = ['--url', 'http://127.0.0.1:1', '--token', 'x'];
  const place = '0198c0de-0000-7000-8000-000000000001/00000000000000000000000000000000/transactions/7';
  const entry = {
    ...{ device_id: place.slice(0, 36), incarnation: '0'.repeat(32), lane: 'transactions', seq: 7 },
    ...{ device_name: 'edge-1', store_id: 'S-1', op_id: '0198c0de-0000-7000-8000-000000000002' },
    ...{ reason: 'wrong_store', received_at: '2026-01-31T12:00:00.000Z', resolved_at: null },
    ...{ resolution: null, note: null, amount_total: '12.50', currency: 'SEK', body: '{}' },
  };

  test('names each entry as book and dismiss take it', async () => {
    const { stdout } = await say(
      ['quarantine', 'list', ...to],
      answering({ entries: [entry], next_cursor: null }),
    );
    expect(stdout).toContain(place);
    expect(stdout).toContain('wrong_store');
    const nothing = await say(['quarantine', 'list', ...to], answering({ entries: [], next_cursor: null }));
    expect(nothing.stdout).toContain('Nothing waits');
  });

  test('book asks for the very entry, and says what became of it', async () => {
    const asked: unknown[] = [];
    const transport: Transport = async (request) => {
      asked.push(JSON.parse(request.body?.toString() ?? ''));
      const body = { ...entry, resolution: 'booked', resolved_at: entry.received_at };
      return { status: 200, header: () => undefined, body: Buffer.from(JSON.stringify(body)) };
    };
    const { stdout } = await say(['quarantine', 'book', place, '--note', 'on paper', ...to], transport);
    expect(asked).toMatchObject([
      { seq: 7, incarnation: '0'.repeat(32), resolution: 'book', note: 'on paper' },
    ]);
    expect(stdout).toBe('The entry of 12.50 SEK of edge-1 is booked.\n');
  });

  test.each([['7'], [`${place}/7`], [place.replace('/7', '/0')]])(
    'dismiss of %s is not understood',
    async (text) => {
      const { stderr, exitCode } = await say(['quarantine', 'dismiss', text, ...to]);
      expect(stderr).toContain('device/incarnation/lane/seq');
      expect(exitCode).toBe(2);
    },
  );
});

function reconciliation(): Reconciliation {
  const hash = '0'.repeat(64);
  const at = '2026-01-31T12:00:00.000Z';
  return {
    store_id: null,
    as_of: at,
    generation: '0'.repeat(32),
    streams: [
      {
        device_id: '0198c0de-0000-7000-8000-000000000001',
        device_name: 'edge-1',
        device_state: 'active',
        incarnation: '0'.repeat(32),
        lane: 'transactions',
        acked_seq: 5,
        safe_seq: 5,
        head_hash: hash,
        entries: 5,
        sums: [{ currency: 'SEK', count: 5, amount: '70.00' }],
        quarantined: 0,
        last_received_at: at,
        reported: { tip_seq: 5, tip_hash: hash, oldest_unacked_at: null, reported_at: at },
        missing: 0,
        gaps: [],
        state: 'complete',
      },
    ],
    totals: [{ currency: 'SEK', count: 5, amount: '70.00' }],
    accounts: [],
    balanced: true,
    next_cursor: null,
  };
}
