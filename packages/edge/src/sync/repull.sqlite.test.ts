/** Pulling back, against a real store and a hub that is a list of entries: what comes back, and what is left alone. */
import { copyFileSync, rmSync } from 'node:fs';
import { systemPorts, toHex, uuidV7 } from '@holdfast/base';
import type { EntriesPage, HubForDevice, PulledEntry } from '@holdfast/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EntryRow, readEntries } from '../store/entries.ts';
import { writeMeta } from '../store/meta.ts';
import { type Db, openForReading, openForWriting } from '../store/open.ts';
import { allStreams, openStream, type StreamRow } from '../store/streams.ts';
import { listTransactions } from '../store/transactions.ts';
import { saleText, silent, testFolder } from '../testing.ts';
import type { Command, ResultOf } from '../writer/commands.ts';
import { fromFailure } from '../writer/commands.ts';
import { WriterEngine } from '../writer/engine.ts';
import { createRepullService } from './repull-service.ts';

let folder: Awaited<ReturnType<typeof testFolder>>;
beforeEach(async () => {
  folder = await testFolder();
  const db = openForWriting(folder.engine.store);
  writeMeta(db, 'enrolment', JSON.stringify({ store_id: 'STHLM-001' }));
  db.close();
});
afterEach(() => folder.remove());

/** One life of the edge's process on the store. */
async function life<T>(
  use: (of: {
    submit: <C extends Command>(command: C) => Promise<ResultOf<C>>;
    pull: (hub: FakeHub) => Promise<boolean>;
    db: Db;
  }) => Promise<T>,
): Promise<T> {
  const engine = new WriterEngine(folder.engine, systemPorts);
  const db = openForReading(folder.engine.store);
  const submit = async <C extends Command>(command: C): Promise<ResultOf<C>> => {
    const [outcome] = engine.execute([command]);
    if (!outcome?.ok) throw outcome ? fromFailure(outcome.failure) : new Error('no outcome');
    return outcome.value as ResultOf<C>; // The engine answers a command with the result of its type.
  };
  const pull = (hub: FakeHub) =>
    createRepullService({
      db,
      writer: { submit, waiting: 0, failed: new Promise(() => {}), close: async () => {} },
      // Of a hub, a step asks for entries and nothing else.
      hub: () => ({ readEntries: async (asked: Asked) => hub.read(asked) }) as unknown as HubForDevice,
      link: UNUSED,
      ports: systemPorts,
      logger: silent,
    }).step();
  try {
    return await use({ submit, pull, db });
  } finally {
    db.close();
    engine.close();
  }
}

/** A single step does not look at the link. */
const UNUSED = {} as Parameters<typeof createRepullService>[0]['link'];

type Asked = { incarnation: string; after_seq: number };
type FakeHub = { read(asked: Asked): EntriesPage };

/** Holds `entries` from 1 on of one incarnation; gives two a page, changed by `tamper`. */
function hubOf(
  incarnation: string,
  entries: EntryRow[],
  tamper = (entry: PulledEntry): PulledEntry => entry,
): FakeHub {
  return {
    read(asked) {
      const known = asked.incarnation === incarnation ? entries : [];
      const rows = known.slice(asked.after_seq, asked.after_seq + 2);
      const before = known[asked.after_seq - 1]?.hash;
      return {
        head: {
          incarnation: asked.incarnation,
          lane: 'transactions',
          first_seq: asked.after_seq + 1,
          count: rows.length,
          prev_hash: asked.after_seq === 0 ? '0'.repeat(64) : before ? toHex(before) : null,
          tip_seq: known.length,
        },
        entries: rows.map(({ header, body }) => tamper({ header, body })),
      };
    },
  };
}

async function sell(count: number): Promise<void> {
  await life(async ({ submit }) => {
    for (let i = 0; i < count; i += 1)
      await submit({
        type: 'sale',
        op_id: uuidV7(systemPorts),
        text: saleText('7.25'),
        terminal_id: null,
        staff_id: null,
      });
  });
}

const copy = () => copyFileSync(folder.engine.store.path, `${folder.engine.store.path}.copy`);
function restore(): void {
  for (const ending of ['-wal', '-shm']) rmSync(`${folder.engine.store.path}${ending}`, { force: true });
  copyFileSync(`${folder.engine.store.path}.copy`, folder.engine.store.path);
}

const look = () =>
  life(async ({ db }) => ({
    stream: openStream(db, 'transactions'),
    entries: readEntries(db, { streamNo: 0, fromSeq: 1, count: 99 }),
    list: listTransactions(db, { limit: 99 }).transactions,
    streams: allStreams(db),
  }));

const ack = (stream: StreamRow) =>
  life(({ submit }) =>
    submit({
      type: 'ack',
      stream_no: stream.stream_no,
      quarantined: [],
      ack: {
        generation: 'a'.repeat(32),
        device_id: stream.device_id,
        incarnation: stream.incarnation,
        lane: stream.lane,
        acked_seq: stream.tip_seq,
        head_hash: toHex(stream.tip_hash),
        safe_seq: 0,
        mac: 'mac',
      },
    }),
  );

/** Three sales that the copy holds and the hub has acked, then `lost` ones that only the hub holds. */
async function restored(lost: number) {
  await sell(3);
  await ack((await look()).stream);
  copy();
  await sell(lost);
  const hub = await look();
  restore();
  return hub;
}

async function pullAll(hub: FakeHub): Promise<number> {
  return await life(async ({ pull }) => {
    let steps = 0;
    while (await pull(hub)) steps += 1;
    return steps;
  });
}

describe('a store restored from a copy', () => {
  it('gets back what the hub holds, beside what was sold into the same places since', async () => {
    const hub = await restored(5);
    await sell(2);
    const forked = await look();
    await life(({ submit }) => submit({ type: 'rewrap', why: 'fork', from: { stream_no: 0, seq: 4 } }));
    await pullAll(hubOf(hub.stream.incarnation, hub.entries));
    const after = await look();
    expect(after.entries).toEqual(forked.entries);
    const ids = (rows: { edge_transaction_id: string }[]) => rows.map((row) => row.edge_transaction_id);
    expect(ids(after.list)).toEqual([...ids(forked.list).slice(0, 2), ...ids(hub.list)]);
    const pulled = after.list.slice(2, 7);
    expect(pulled).toEqual(
      hub.list.slice(0, 5).map((row) => ({ ...row, id: expect.any(Number), synced_at: expect.any(String) })),
    );
    expect(after.streams.map((stream) => [stream.closed_why, stream.tip_seq])).toEqual([
      ['fork', 5],
      ['history', 8],
      [null, 2],
    ]);
  });

  it('goes on where it was when it is ended between two pages', async () => {
    const hub = await restored(5);
    await life(({ submit }) => submit({ type: 'rewrap', why: 'restored' }));
    const source = hubOf(hub.stream.incarnation, hub.entries);
    await life(async ({ pull }) => expect(await pull(source)).toBe(true));
    expect((await look()).list.length).toBe(5);
    await sell(1);
    expect(await pullAll(source)).toBe(2);
    expect((await look()).list.length).toBe(9);
    expect(await pullAll(source)).toBe(0);
  });

  it('walks back to an entry both sides share', async () => {
    const hub = await restored(12);
    await sell(6);
    await ack((await look()).stream);
    await life(({ submit }) => submit({ type: 'rewrap', why: 'restored' }));
    await pullAll(hubOf(hub.stream.incarnation, hub.entries));
    const after = await look();
    const ids = after.list.map((row) => row.edge_transaction_id);
    expect(new Set(ids).size).toBe(3 + 6 + 12);
    for (const row of hub.list) expect(ids).toContain(row.edge_transaction_id);
    expect(after.streams[1]).toMatchObject({ closed_why: 'history', tip_seq: 15 });
  });

  it('leaves no trace when the hub has nothing more', async () => {
    const hub = await restored(0);
    await life(({ submit }) => submit({ type: 'rewrap', why: 'restored' }));
    await pullAll(hubOf(hub.stream.incarnation, hub.entries));
    expect((await look()).streams.map((stream) => stream.closed_why)).toEqual(['restored', null]);
  });

  it('takes nothing that does not verify', async () => {
    const hub = await restored(4);
    await life(({ submit }) => submit({ type: 'rewrap', why: 'restored' }));
    const dearer = hubOf(hub.stream.incarnation, hub.entries, ({ header, body }) => ({
      header,
      body: body?.replace('7.25', '9.25') ?? null,
    }));
    await expect(pullAll(dearer)).rejects.toThrow('does not verify');
    const moved = hubOf(hub.stream.incarnation, hub.entries, ({ header, body }) => ({
      header: header.replace(hub.stream.device_id, uuidV7(systemPorts)),
      body,
    }));
    await expect(pullAll(moved)).rejects.toThrow('another device');
    expect((await look()).list.length).toBe(3);
  });

  it('keeps an entry whose body was erased, without a transaction', async () => {
    const hub = await restored(4);
    await life(({ submit }) => submit({ type: 'rewrap', why: 'restored' }));
    const erased = hubOf(hub.stream.incarnation, hub.entries, ({ header }) => ({ header, body: null }));
    await pullAll(erased);
    const after = await look();
    expect(after.list.length).toBe(3);
    expect(after.streams[1]).toMatchObject({ closed_why: 'history', tip_seq: 7 });
  });
});

describe('a feed that includes more than the store holds', () => {
  it('ends an open stream before it is sold into, and pulls what is missing once', async () => {
    const hub = await restored(2);
    const { device_id, incarnation, lane } = hub.stream;
    const includes = [{ incarnation, lane, seq: 5 }];
    const tell = () => life(({ submit }) => submit({ type: 'hub_holds', device_id, includes }));
    expect([await tell(), await tell()]).toEqual([{ lacking: 1 }, { lacking: 0 }]);
    await sell(1);
    await pullAll(hubOf(incarnation, hub.entries));
    expect(await tell()).toEqual({ lacking: 0 });
    const after = await look();
    expect(after.list.map((row) => row.seq)).toEqual([1, 5, 4, 3, 2, 1]);
  });

  it('pulls a whole life that the store never knew', async () => {
    await sell(3);
    copy();
    await life(({ submit }) => submit({ type: 'rewrap', why: 'invalid' }));
    const lost = await look();
    const { device_id, incarnation, lane, tip_seq, stream_no } = lost.stream;
    const entries = await life(async ({ db }) =>
      readEntries(db, { streamNo: stream_no, fromSeq: 1, count: 9 }),
    );
    restore();
    const includes = [{ incarnation, lane, seq: tip_seq }];
    await life(({ submit }) => submit({ type: 'hub_holds', device_id, includes }));
    await pullAll(hubOf(incarnation, entries));
    const after = await look();
    expect(after.streams.map((stream) => [stream.closed_why, stream.tip_seq])).toEqual([
      [null, 3],
      ['history', 3],
    ]);
    expect(after.list.length).toBe(3);
  });
});
