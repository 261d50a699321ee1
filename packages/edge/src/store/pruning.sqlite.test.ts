import { existsSync, statSync } from 'node:fs';
import { systemPorts, uuidV7 } from '@holdfast/base';
import { entryHash } from '@holdfast/journal';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { saleText, testFolder } from '../testing.ts';
import type { Command, Outcome } from '../writer/commands.ts';
import { WriterEngine } from '../writer/engine.ts';
import { readEntries, readHash } from './entries.ts';
import { readMeta } from './meta.ts';
import { type Db, openForReading, openForWriting } from './open.ts';
import { allStreams, openStream } from './streams.ts';
import { findTransaction, listTransactions } from './transactions.ts';

let folder: Awaited<ReturnType<typeof testFolder>>;
beforeEach(async () => {
  folder = await testFolder();
});
afterEach(() => folder.remove());

const LATER = Number.MAX_SAFE_INTEGER;
const sale = (op_id = uuidV7(systemPorts)): Extract<Command, { type: 'sale' }> => ({
  type: 'sale',
  op_id,
  text: saleText(),
  terminal_id: null,
  staff_id: null,
});
const sales = (count: number) => Array.from({ length: count }, () => sale());

function run(...commands: Command[]): Outcome[] {
  const engine = new WriterEngine(folder.engine, systemPorts);
  try {
    return engine.execute(commands);
  } finally {
    engine.close();
  }
}

function read<T>(fn: (db: Db) => T): T {
  const db = openForReading(folder.engine.store);
  try {
    return fn(db);
  } finally {
    db.close();
  }
}

function ackTo(acked_seq: number, safe_seq = acked_seq): Command {
  const { stream, hash } = read((db) => {
    const stream = openStream(db, 'transactions');
    return { stream, hash: readHash(db, { streamNo: stream.stream_no, seq: acked_seq }) };
  });
  const { device_id, incarnation, lane, stream_no } = stream;
  const head_hash = hash?.toString('hex') ?? '';
  const generation = 'a'.repeat(32);
  const ack = { generation, device_id, incarnation, lane, acked_seq, head_hash, safe_seq, mac: 'm' };
  return { type: 'ack', stream_no, ack, quarantined: [] };
}

function pruneTo(seq: number, before_ms = LATER): Command {
  const { incarnation, lane } = read((db) => openStream(db, 'transactions'));
  return { type: 'prune', includes: [{ incarnation, lane, seq }], before_ms };
}

const prunedSeq = () => read((db) => openStream(db, 'transactions').pruned_seq);
const seqsLeft = () =>
  read((db) => readEntries(db, { streamNo: 0, fromSeq: 1, count: 1000 }).map((row) => row.entry_id));
const value = (outcome: Outcome | undefined) => (outcome?.ok ? outcome.value : outcome?.failure);

describe('pruning', () => {
  it('takes what is acked, safe and in the feed, and no more', () => {
    run(...sales(9));
    for (const [acked, safe, included, expected] of [
      [8, 3, 9, 3],
      [8, 7, 5, 5],
      [8, 8, 5, 5],
      [8, 8, 9, 8],
    ] as const) {
      run(ackTo(acked, safe), pruneTo(included));
      expect(prunedSeq()).toBe(expected);
    }
    expect(seqsLeft()).toEqual([9]);
  });

  it('takes nothing that the feed does not name', () => {
    run(...sales(3));
    run(ackTo(3), { type: 'prune', includes: [], before_ms: LATER });
    expect(prunedSeq()).toBe(0);
  });

  it('takes nothing that is younger than the retention', () => {
    run(...sales(3));
    run(ackTo(3));
    const at = systemPorts.clock.nowMs();
    run(pruneTo(3, at - 60_000));
    expect(prunedSeq()).toBe(0);
    run(pruneTo(3, at + 60_000));
    expect(prunedSeq()).toBe(3);
  });

  it('is not held up for ever by a clock that was once in the future', () => {
    const ahead = { ...systemPorts.clock, nowMs: () => systemPorts.clock.nowMs() + 3_000_000_000 };
    run(...sales(1));
    const engine = new WriterEngine(folder.engine, { ...systemPorts, clock: ahead });
    engine.execute([sale()]);
    engine.close();
    run(...sales(2));
    run(ackTo(4));
    run(pruneTo(4, systemPorts.clock.nowMs() + 1));
    expect(prunedSeq()).toBe(4);
  });

  it('goes in chunks, each with what the chain needs to go on', () => {
    run(...sales(450));
    run(ackTo(450));
    const steps = [1, 2, 3, 4].map(() => value(run(pruneTo(430))[0]));
    expect(steps).toEqual([{ pruned: 200 }, { pruned: 200 }, { pruned: 30 }, { pruned: 0 }]);
    read((db) => {
      const stream = openStream(db, 'transactions');
      const rest = readEntries(db, { streamNo: 0, fromSeq: 1, count: 1000 });
      let hash = stream.pruned_hash;
      for (const entry of rest) {
        hash = entryHash(hash, entry.header);
        expect(hash).toEqual(entry.hash);
      }
      expect([rest.length, hash]).toEqual([20, stream.tip_hash]);
      expect(readHash(db, { streamNo: 0, seq: 430 })).toEqual(stream.pruned_hash);
    });
  });

  it('keeps the last seal, also of a stream that is pruned to its end', () => {
    run(...sales(3));
    run(...sales(2));
    run(ackTo(5));
    run(pruneTo(4));
    const seals = () => read((db) => db.prepare('SELECT entry_id FROM seal ORDER BY 1').pluck().all());
    expect(seals()).toEqual([3, 5]);
    run(pruneTo(5));
    expect(seals()).toEqual([5]);
    run(sale());
    expect(read((db) => openStream(db, 'transactions').tip_seq)).toBe(6);
  });

  it('leaves the transaction, and the answer to its key', () => {
    const first = sale();
    const [before] = run(first);
    run(ackTo(1), pruneTo(1));
    const [after] = run(first);
    expect(value(after)).toEqual({ ...value(before), replayed: true });
    const [other] = run({ ...first, text: saleText('46.00') });
    expect(value(other)).toMatchObject({ code: 'idempotency_key_reused' });
    const row = read((db) => findTransaction(db, first.op_id));
    expect(row).toMatchObject({ pruned: true, payload_json: '', amount_total: '45.00', seq: 1 });
    expect(read((db) => listTransactions(db, { limit: 9 }).transactions)).toEqual([row]);
  });

  it('uses the pages again that it freed, and leaves a WAL that stays small', () => {
    const { path } = folder.engine.store;
    const engine = new WriterEngine(folder.engine, systemPorts);
    const sizes: number[] = [];
    let wal = 0;
    for (let round = 1; round <= 6; round += 1) {
      for (let i = 0; i < 4; i += 1) engine.execute(sales(250));
      engine.execute([ackTo(round * 1000)]);
      for (let i = 0; i < 6; i += 1) engine.execute([pruneTo(round * 1000)]);
      if (existsSync(`${path}-wal`)) wal = Math.max(wal, statSync(`${path}-wal`).size);
      sizes.push(read((db) => Number(db.pragma('page_count', { simple: true }))));
    }
    engine.close();
    // Rows and their index grow by some 70 pages a round; the contents took 250 and more.
    const grown = sizes.slice(1).map((size, index) => size - (sizes[index] ?? 0));
    expect(Math.max(...grown.slice(1))).toBeLessThan(150);
    expect(wal).toBeLessThan(12 * 1024 * 1024);
  });
});

describe('what the feed says of a stream', () => {
  const marks = (more: { safe_seq?: number; quarantined?: number }): Command => {
    const { incarnation, lane } = read((db) => openStream(db, 'transactions'));
    return { type: 'hub_marks', includes: [{ incarnation, lane, seq: 9, ...more }] };
  };
  const stands = () => {
    const { safe_seq, quarantined } = read((db) => openStream(db, 'transactions'));
    return [safe_seq, quarantined];
  };

  it('makes safe what was archived later, never more than is acked and never less', () => {
    run(...sales(5));
    run(ackTo(4, 1));
    run(marks({ safe_seq: 3 }));
    expect(stands()).toEqual([3, 0]);
    run(marks({ safe_seq: 5 }));
    expect(stands()).toEqual([4, 0]);
    run(marks({ safe_seq: 2 }));
    expect(stands()).toEqual([4, 0]);
  });

  it('says how many entries wait for a person now', () => {
    run(...sales(3));
    const ack = ackTo(3);
    run(ack.type === 'ack' ? { ...ack, quarantined: [2, 3] } : ack);
    expect(stands()).toEqual([3, 2]);
    run(marks({ quarantined: 1 }));
    expect(stands()).toEqual([3, 1]);
    run(marks({}));
    expect(stands()).toEqual([3, 1]);
    run(marks({ quarantined: 0 }));
    expect(stands()).toEqual([3, 0]);
  });
});

describe('a hub that lost what was pruned', () => {
  const waiting = () =>
    read((db) => listTransactions(db, { synced: false, limit: 20 }).transactions.map((row) => row.seq));

  it('gets all that is still here in a new stream, and a person is told', () => {
    run(...sales(6));
    run(ackTo(5));
    run(pruneTo(3));
    const [outcome] = run({
      type: 'hub_changed',
      stream_no: 0,
      generation: 'c'.repeat(32),
      acked_seq: 2,
      head_hash: 'd'.repeat(64),
    });
    expect(value(outcome)).toEqual({ pending: 3 });
    expect(waiting()).toEqual([3, 2, 1]);
    read((db) => {
      expect(openStream(db, 'transactions')).toMatchObject({ stream_no: 1, tip_seq: 3, acked_seq: 0 });
      expect(readMeta(db, 'attention')).toContain('archive');
    });
  });

  it('is compared from the pruned place on, when its head is not ours', () => {
    run(...sales(6));
    run(ackTo(6));
    run(pruneTo(3));
    const changed = { type: 'hub_changed', stream_no: 0, generation: 'c'.repeat(32), acked_seq: 5 } as const;
    run({ ...changed, head_hash: 'd'.repeat(64) });
    expect(waiting()).toEqual([6, 5, 4]);
    read((db) => {
      const stream = openStream(db, 'transactions');
      expect([stream.stream_no, stream.acked_seq]).toEqual([0, 3]);
      expect(stream.acked_hash).toEqual(stream.pruned_hash);
    });
  });

  it('is believed when its head is the last pruned entry', () => {
    run(...sales(6));
    run(ackTo(6));
    run(pruneTo(3));
    const hash = read((db) => openStream(db, 'transactions').pruned_hash.toString('hex'));
    const changed = { type: 'hub_changed', stream_no: 0, generation: 'c'.repeat(32), acked_seq: 3 } as const;
    run({ ...changed, head_hash: hash });
    expect(waiting()).toEqual([6, 5, 4]);
  });

  it('gets the end of a closed stream again, whose marks stay true', () => {
    run(...sales(6));
    run(ackTo(6));
    run(pruneTo(3));
    run({ type: 'rewrap', why: 'invalid' });
    run({ type: 'rewrap_lost', stream_no: 0, from_seq: 2 });
    expect(waiting()).toEqual([3, 2, 1]);
    read((db) => {
      const [closed] = allStreams(db);
      expect([closed?.acked_seq, closed?.acked_hash.equals(Buffer.alloc(32))]).toEqual([0, true]);
    });
    run({ type: 'rewrap_lost', stream_no: 0, from_seq: 1 });
    expect(waiting()).toEqual([3, 2, 1]);
  });

  it('that forks at the pruned place leaves an edge that goes on', () => {
    run(...sales(6));
    run(ackTo(6));
    run(pruneTo(3));
    const db = openForWriting(folder.engine.store);
    db.prepare("INSERT INTO meta VALUES ('enrolment', '{}')").run();
    db.close();
    const [outcome] = run({ type: 'rewrap', why: 'fork', from: { stream_no: 0, seq: 3 } });
    expect(value(outcome)).toMatchObject({ rewrapped: 3, damaged: 0 });
    const repull = read((reader) => allStreams(reader).find((row) => row.closed_why === 'repull'));
    expect(repull).toMatchObject({ tip_seq: 0 });
  });
});
