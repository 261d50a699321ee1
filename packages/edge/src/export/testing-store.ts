/** A small store with everything in it: sales, acks, a restored life, what was pulled back, what was pruned. */
import { systemPorts, toHex, uuidV7 } from '@holdfast/base';
import { generateSigningKey, toBase64Url } from '@holdfast/crypto';
import { readEntries } from '../store/entries.ts';
import { writeMeta } from '../store/meta.ts';
import { openForReading, openForWriting } from '../store/open.ts';
import { openStream, type StreamRow } from '../store/streams.ts';
import { saleText, testFolder } from '../testing.ts';
import { type Command, fromFailure } from '../writer/commands.ts';
import { WriterEngine } from '../writer/engine.ts';

type Folder = Awaited<ReturnType<typeof testFolder>>;

/** Runs commands in one commit each, in a life of the writer. */
export function runCommands(folder: Folder, commands: readonly Command[]): void {
  const engine = new WriterEngine(folder.engine, systemPorts);
  try {
    for (const command of commands) {
      const [outcome] = engine.execute([command]);
      if (!outcome?.ok) throw outcome ? fromFailure(outcome.failure) : new Error('no outcome');
    }
  } finally {
    engine.close();
  }
}

/** A sale as a command. */
export function saleCommand(text = saleText('7.25', { customer_reference: 'C-1' })): Command {
  return { type: 'sale', op_id: uuidV7(systemPorts), text, terminal_id: 'till-1', staff_id: null };
}

/** The open stream as it stands, and its entries. */
function lookAt(folder: Folder): { stream: StreamRow; entries: ReturnType<typeof readEntries> } {
  const db = openForReading(folder.engine.store);
  try {
    const stream = openStream(db, 'transactions');
    return { stream, entries: readEntries(db, { streamNo: stream.stream_no, fromSeq: 1, count: 999 }) };
  } finally {
    db.close();
  }
}

/** An ack of the open stream up to `seq`. */
function ackCommand(folder: Folder, { seq, safe }: { seq: number; safe: number }): Command {
  const { stream, entries } = lookAt(folder);
  const hash = entries.find((entry) => entry.entry_id % 2 ** 40 === seq)?.hash ?? stream.acked_hash;
  return {
    type: 'ack',
    stream_no: stream.stream_no,
    quarantined: [],
    ack: {
      generation: 'a'.repeat(32),
      device_id: stream.device_id,
      incarnation: stream.incarnation,
      lane: stream.lane,
      acked_seq: seq,
      head_hash: toHex(hash),
      safe_seq: safe,
      mac: 'm'.repeat(43),
    },
  };
}

/**
 * Six sales of which four are acked, a new incarnation that wraps the other two again, three sales in it of which three
 * places are acked and safe, one of them pruned.
 */
export async function storeWithHistory(): Promise<Folder> {
  const folder = await testFolder();
  enrolStore(folder);
  runCommands(
    folder,
    Array.from({ length: 6 }, () => saleCommand()),
  );
  runCommands(folder, [ackCommand(folder, { seq: 4, safe: 4 })]);
  runCommands(folder, [{ type: 'rewrap', why: 'invalid' }, saleCommand(), saleCommand(saleText('12.50'))]);
  runCommands(folder, [ackCommand(folder, { seq: 3, safe: 3 })]);
  const { stream } = lookAt(folder);
  const includes = [{ incarnation: stream.incarnation, lane: stream.lane, seq: 1 }];
  runCommands(folder, [{ type: 'prune', includes, before_ms: systemPorts.clock.nowMs() + 1 }]);
  return folder;
}

/** Writes an enrolment into the store, so that its sales name the store they belong to. */
function enrolStore(folder: Folder): void {
  const root = generateSigningKey();
  const tenantId = uuidV7(systemPorts);
  const statement = JSON.stringify({ purpose: 'hub', tenant_id: tenantId });
  const db = openForWriting(folder.engine.store);
  writeMeta(
    db,
    'enrolment',
    JSON.stringify({
      tenant_id: tenantId,
      store_id: 'STHLM-001',
      root_key: { key_id: root.keyId, public_key: toBase64Url(root.publicKey) },
      hub_key: { statement, signature: toBase64Url(root.sign(Buffer.from(statement))) },
    }),
  );
  db.close();
}

/** Opens the store so that a test can damage it. */
export function openToDamage(folder: Folder): ReturnType<typeof openForWriting> {
  return openForWriting({ ...folder.engine.store, synchronous: 'NORMAL' });
}
