import { isAppError, must, systemPorts, uuidV7 } from '@holdfast/base';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { saleText, testFolder } from '../testing.ts';
import type { SaleCommand } from './commands.ts';
import { WriterEngine } from './engine.ts';
import { createInlineWriter } from './inline-writer.ts';

let folder: Awaited<ReturnType<typeof testFolder>>;
let engine: WriterEngine;
let groups: number[];
/** What the writer has asked to be called back for. */
let asked: (() => void)[];
beforeEach(async () => {
  folder = await testFolder();
  engine = new WriterEngine(folder.engine, systemPorts);
  groups = [];
  asked = [];
});
afterEach(() => folder.remove());

const sale = (): SaleCommand => ({
  type: 'sale',
  op_id: uuidV7(systemPorts),
  text: saleText(),
  terminal_id: null,
  staff_id: null,
});

function writerOf(queueMax?: number) {
  const counted = {
    execute: (commands: Parameters<WriterEngine['execute']>[0]) => {
      groups.push(commands.length);
      return engine.execute(commands);
    },
    close: () => engine.close(),
    get failed() {
      return engine.failed;
    },
  };
  const later = (write: () => void) => asked.push(write);
  return createInlineWriter(counted, { later, ...(queueMax !== undefined && { queueMax }) });
}

const writeNow = () => must(asked.shift(), 'the writer has asked to be called back')();

it('writes what was submitted since the last time as one group, in order', async () => {
  const writer = writerOf();
  const first = [sale(), sale(), sale()].map((command) => writer.submit(command));
  expect([asked.length, writer.waiting, groups]).toEqual([1, 3, []]);
  writeNow();
  const seqs = (await Promise.all(first)).map(({ body }) => JSON.parse(body).seq);
  const second = writer.submit(sale());
  writeNow();
  expect([...seqs, JSON.parse((await second).body).seq]).toEqual([1, 2, 3, 4]);
  expect([groups, writer.waiting]).toEqual([[3, 1], 0]);
  await writer.close();
});

it('refuses what no longer fits, and takes more once it has written', async () => {
  const writer = writerOf(1);
  const taken = writer.submit(sale());
  const refused = await writer.submit(sale()).catch((error: unknown) => error);
  expect(isAppError(refused, 'overloaded')).toBe(true);
  writeNow();
  await taken;
  void writer.submit(sale());
  expect(writer.waiting).toBe(1);
  await writer.close();
});

it('writes what waits before it closes, and nothing afterwards', async () => {
  const writer = writerOf();
  const waiting = writer.submit(sale());
  await writer.close();
  expect((await waiting).replayed).toBe(false);
  const late = await writer.submit(sale()).catch((error: unknown) => error);
  expect(isAppError(late, 'store_unavailable')).toBe(true);
});
