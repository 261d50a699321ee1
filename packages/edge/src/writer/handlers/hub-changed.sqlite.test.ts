/** The word that the hub was restored may come when the stream it is about has just been closed. */
import { systemPorts, toHex, uuidV7 } from '@holdfast/base';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readHash } from '../../store/entries.ts';
import { openForReading } from '../../store/open.ts';
import { saleText, testFolder } from '../../testing.ts';
import { WriterEngine } from '../engine.ts';

let folder: Awaited<ReturnType<typeof testFolder>>;
beforeEach(async () => {
  folder = await testFolder();
});
afterEach(() => folder.remove());

it('leaves alone what was acked of a stream that was closed meanwhile', () => {
  const engine = new WriterEngine(folder.engine, systemPorts);
  const text = saleText();
  const opId = uuidV7(systemPorts);
  engine.execute([{ type: 'sale', op_id: opId, text, terminal_id: null, staff_id: null }]);
  const db = openForReading(folder.engine.store);
  const stream = db.prepare('SELECT device_id, incarnation FROM stream').get() as {
    device_id: string;
    incarnation: string;
  }; // The columns asked for.
  const head = toHex(readHash(db, { streamNo: 0, seq: 1 }) ?? Buffer.alloc(32));
  const ack = { ...stream, lane: 'transactions', generation: 'a'.repeat(32), mac: 'AA' } as const;
  engine.execute([
    {
      type: 'ack',
      stream_no: 0,
      ack: { ...ack, acked_seq: 1, head_hash: head, safe_seq: 1 },
      quarantined: [],
    },
  ]);
  const syncedAt = () => db.prepare('SELECT synced_at FROM edge_transactions').pluck().get();
  const before = syncedAt();
  // The feed told that the hub holds more of this stream, so it was closed; then comes the answer to a batch of it.
  engine.execute([{ type: 'rewrap', why: 'restored' }]);
  engine.execute([
    {
      type: 'hub_changed',
      stream_no: 0,
      generation: 'b'.repeat(32),
      acked_seq: 32,
      head_hash: 'c'.repeat(64),
    },
  ]);
  expect([before, syncedAt()]).toEqual([expect.any(Number), before]);
  expect(db.prepare("SELECT value FROM meta WHERE key = 'generation'").pluck().get()).toBe('b'.repeat(32));
  db.close();
  engine.close();
});
