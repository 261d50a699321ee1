/** What is recorded of the answers of a hub. */
import { systemPorts, toHex, uuidV7 } from '@holdfast/base';
import type { AckStatement } from '@holdfast/protocol';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readHash } from '../../store/entries.ts';
import { isIdentityShared } from '../../store/meta.ts';
import { type Db, openForReading } from '../../store/open.ts';
import { openStream } from '../../store/streams.ts';
import { saleText, testFolder } from '../../testing.ts';
import type { Command } from '../commands.ts';
import { WriterEngine } from '../engine.ts';

let folder: Awaited<ReturnType<typeof testFolder>>;
let engine: WriterEngine;
let db: Db;
beforeEach(async () => {
  folder = await testFolder();
  engine = new WriterEngine(folder.engine, systemPorts);
  db = openForReading(folder.engine.store);
  sell();
  sell();
});
afterEach(() => {
  db.close();
  engine.close();
  return folder.remove();
});

function sell(): void {
  const sale: Command = {
    ...{ type: 'sale', op_id: uuidV7(systemPorts), text: saleText() },
    ...{ terminal_id: null, staff_id: null },
  };
  engine.execute([sale]);
}

function ack(seq: number, safe_seq: number): void {
  const { stream_no, device_id, incarnation } = openStream(db, 'transactions');
  const head_hash = toHex(readHash(db, { streamNo: stream_no, seq }) ?? Buffer.alloc(32));
  const statement: AckStatement = {
    ...{ device_id, incarnation, lane: 'transactions', generation: 'a'.repeat(32), mac: 'AA' },
    ...{ acked_seq: seq, head_hash, safe_seq },
  };
  engine.execute([{ type: 'ack', stream_no, ack: statement, quarantined: [] }]);
}

it('an ack that comes late takes nothing back', () => {
  ack(2, 2);
  const before = openStream(db, 'transactions');
  ack(1, 1);
  expect(openStream(db, 'transactions')).toEqual(before);
  expect(before).toMatchObject({ acked_seq: 2, safe_seq: 2 });
  sell();
  const pending = db.prepare('SELECT count(*) FROM edge_transactions WHERE synced_at IS NULL').pluck().get();
  expect(pending).toBe(1);
});

it('a device that was taken for a clone does not go on under the identity it shares', () => {
  engine.execute([{ type: 'rewrap', why: 'fork' }]);
  expect(isIdentityShared(db)).toBe(false);
  engine.execute([{ type: 'rewrap', why: 'clone' }]);
  expect(isIdentityShared(db)).toBe(true);
});
