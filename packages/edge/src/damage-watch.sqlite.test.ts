/** A running edge meets pages of its store that are not what it wrote. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { systemPorts, uuidV7 } from '@holdfast/base';
import { fetchTransport } from '@holdfast/client';
import { EdgeStatus, Problem } from '@holdfast/protocol';
import { createLogger } from '@holdfast/runtime';
import Database from 'better-sqlite3-multiple-ciphers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { composeEdge } from './compose.ts';
import { examineEdge } from './doctor/examine-edge.ts';
import { pathsOf } from './paths.ts';
import { type RunningEdge, startEdge } from './start.ts';
import { openForReading } from './store/open.ts';
import { saleText, testFolder } from './testing.ts';
import { NO_HOOKS, WriterEngine } from './writer/engine.ts';
import { createInlineWriter } from './writer/inline-writer.ts';

/** More than any connection keeps in memory. */
const SALES = 2_000;
const PAGE_BYTES = 4_096;

let folder: Awaited<ReturnType<typeof testFolder>>;
let edge: RunningEdge;
let log: string[];

beforeEach(async () => {
  folder = await testFolder();
  sellBefore();
  log = [];
  const destination = { write: (line: string) => void log.push(line) };
  const logger = createLogger({ level: 'error', service: 'edge', destination });
  edge = await startEdge({ options: folder.options, ports: systemPorts, logger });
});
afterEach(async () => {
  await edge.close();
  folder.remove();
});

/** In a life before, whose end brings everything from the log into the database. */
function sellBefore(): void {
  const engine = new WriterEngine(folder.engine, systemPorts);
  const sale = () => ({ type: 'sale', op_id: uuidV7(systemPorts), text: saleText() }) as const;
  engine.execute(Array.from({ length: SALES }, () => ({ ...sale(), terminal_id: null, staff_id: null })));
  engine.close();
}

/** Damages the later half of the pages of a table or an index, in the file. */
function damage(name: string): void {
  const db = openForReading(folder.engine.store);
  const pages = db
    .prepare('SELECT pageno FROM dbstat WHERE name = ? ORDER BY pageno')
    .pluck()
    .all(name) as number[]; // Of one column.
  db.close();
  expect(pages.length).toBeGreaterThan(10);
  const file = openSync(pathsOf(folder.options).database, 'r+');
  for (const page of pages.slice(pages.length / 2))
    writeSync(file, Uint8Array.of(1, 2, 3), 0, 3, (page - 1) * PAGE_BYTES + 700);
  closeSync(file);
}

async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${edge.apiToken}`, 'content-type': 'application/json' };
  return await fetch(`${edge.url}${path}`, { ...init, headers });
}

const attention = async () => EdgeStatus.parse(await (await ask('/api/v1/status')).json()).attention;
const told = () => log.filter((line) => line.includes('a page of the store cannot be read'));

async function examine() {
  const at = { ports: systemPorts, transport: fetchTransport, baseUrl: edge.url, pages: false };
  return (await examineEdge({ options: folder.options, ...at })).filter(({ state }) => state === 'bad');
}

it('a damaged page that a reading needs is answered as what it is, shown, and told once', async () => {
  expect(await attention()).toBe(null);
  expect(await examine()).toEqual([]);
  damage('entry');
  for (let times = 0; times < 3; times += 1) {
    const answer = await ask('/edge/transactions?limit=500');
    expect(answer.status).toBe(503);
    expect(Problem.parse(await answer.json()).code).toBe('store_page_unreadable');
  }
  expect(await attention()).toContain('holdfast edge restore');
  expect(told().length).toBe(1);
  expect(await examine()).toEqual([expect.objectContaining({ check: 'running', says: await attention() })]);
});

it('so is one that a sale needs', async () => {
  damage('sqlite_autoindex_edge_transactions_1');
  const answer = await ask('/edge/transactions', { method: 'POST', body: saleText() });
  expect(answer.status).toBe(503);
  expect(Problem.parse(await answer.json()).code).toBe('store_page_unreadable');
  expect(await attention()).toContain('holdfast edge restore');
  expect(told().length).toBe(1);
});

it('and one that the writer meets, whoever had asked it', async () => {
  expect(edge.context.damage.attention).toBeUndefined();
  damage('edge_transactions');
  await expect(edge.context.writer.submit({ type: 'rewrap', why: 'invalid' })).rejects.toMatchObject({
    code: 'store_page_unreadable',
  });
  expect(await attention()).toContain('cannot be read');
});

it('a disk that takes no commit is shown for as long as it does not', async () => {
  await edge.close();
  let isFailing = true;
  const aroundCommit = (commit: () => void) => {
    if (isFailing) throw new Database.SqliteError('disk I/O error', 'SQLITE_IOERR_FSYNC');
    commit();
  };
  const logger = createLogger({ level: 'silent', service: 'edge' });
  const parts = await composeEdge({
    options: folder.options,
    ports: systemPorts,
    logger,
    openWriter: async (options) =>
      createInlineWriter(new WriterEngine(options, systemPorts, { ...NO_HOOKS, aroundCommit }), {
        later: queueMicrotask,
      }),
  });
  const headers = { authorization: `Bearer ${parts.context.apiToken}`, 'content-type': 'application/json' };
  const sell = async () => {
    const sale = { method: 'POST', headers, body: saleText() };
    return (await parts.app.request('/edge/transactions', sale)).status;
  };
  const shown = async () =>
    EdgeStatus.parse(await (await parts.app.request('/api/v1/status', { headers })).json()).attention;
  expect([await shown(), await sell(), await shown()]).toEqual([
    null,
    503,
    expect.stringContaining('cannot be written'),
  ]);
  isFailing = false;
  expect([await sell(), await shown()]).toEqual([201, null]);
  await parts.close();
});
