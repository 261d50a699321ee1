/** A device that is enrolled again under another name: what its hub may have lost of the former one goes up again. */
import { systemPorts, toHex, uuidV7 } from '@holdfast/base';
import { generateSigningKey } from '@holdfast/crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readHash } from '../../store/entries.ts';
import { openForReading } from '../../store/open.ts';
import { registered, saleText, testFolder } from '../../testing.ts';
import { WriterEngine } from '../engine.ts';

let folder: Awaited<ReturnType<typeof testFolder>>;
beforeEach(async () => {
  folder = await testFolder();
});
afterEach(() => folder.remove());

const GENERATION = 'a'.repeat(32);
const HUB_URL = 'http://127.0.0.1:1';
const root = generateSigningKey();
const other = generateSigningKey();

/** Five sales of which four are acked and two are safe; then one that waits in the next stream. */
function sellAndAck(engine: WriterEngine): void {
  const sell = () =>
    engine.execute([
      { type: 'sale', op_id: uuidV7(systemPorts), text: saleText(), terminal_id: null, staff_id: null },
    ]);
  for (let sale = 0; sale < 5; sale += 1) sell();
  const db = openForReading(folder.engine.store);
  const { stream_no, device_id, incarnation } = db
    .prepare('SELECT stream_no, device_id, incarnation FROM stream WHERE closed_at IS NULL')
    .get() as { stream_no: number; device_id: string; incarnation: string }; // The columns asked for.
  const head_hash = toHex(readHash(db, { streamNo: stream_no, seq: 4 }) ?? Buffer.alloc(32));
  db.close();
  const ack = { device_id, incarnation, lane: 'transactions', generation: GENERATION, mac: 'AA' } as const;
  engine.execute([
    { type: 'ack', stream_no, ack: { ...ack, acked_seq: 4, head_hash, safe_seq: 2 }, quarantined: [] },
  ]);
  engine.execute([{ type: 'rewrap', why: 'restored' }]);
  sell();
}

it.each([
  // The fifth was wrapped again when its stream was closed: three and four are not safe, five and six wait.
  ['at the same hub: all that is not safe', root, HUB_URL, 4],
  ['at another hub: what was never acked', other, 'http://127.0.0.1:2', 2],
])('%s', (_, key, hub_url, rewrapped) => {
  const engine = new WriterEngine(folder.engine, systemPorts);
  engine.execute([{ type: 'enrol', answer: registered(), hub_url: HUB_URL }]);
  sellAndAck(engine);
  const [outcome] = engine.execute([{ type: 'enrol', answer: registered(key), hub_url }]);
  expect(outcome).toEqual({ ok: true, value: { rewrapped } });
  engine.close();
});
