/** A lane sender on a real store, and a hub whose answers are written down here. */
import { systemPorts, uuidV7 } from '@holdfast/base';
import type { HubForDevice } from '@holdfast/client';
import { generateSigningKey } from '@holdfast/crypto';
import type { BatchAnswer } from '@holdfast/protocol';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeMeta } from '../store/meta.ts';
import { openForReading, openForWriting } from '../store/open.ts';
import { saleText, silent, testFolder } from '../testing.ts';
import type { Command, ResultOf } from '../writer/commands.ts';
import { WriterEngine } from '../writer/engine.ts';
import { createLaneSender } from './lane-sender.ts';

let folder: Awaited<ReturnType<typeof testFolder>>;
beforeEach(async () => {
  folder = await testFolder();
  const db = openForWriting(folder.engine.store);
  writeMeta(db, 'starts', '1');
  db.close();
});
afterEach(() => folder.remove());

const BUSY: BatchAnswer = { answer: 'busy', retry_after_ms: 1_000, max_batch: 9, pause: [] };

/** Sells three, and drains them to a hub that answers so; the places at which the batches began. */
async function drained(answers: BatchAnswer[]): Promise<number[]> {
  const engine = new WriterEngine(folder.engine, systemPorts);
  const db = openForReading(folder.engine.store);
  const submit = async <C extends Command>(command: C): Promise<ResultOf<C>> => {
    const [outcome] = engine.execute([command]);
    if (!outcome?.ok) throw new Error('refused');
    return outcome.value as ResultOf<C>; // The engine answers a command with the result of its type.
  };
  const began: number[] = [];
  const sendBatch: HubForDevice['sendBatch'] = async ({ body }) => {
    began.push(JSON.parse(Buffer.from(body).toString().split('\n', 1)[0] ?? '').first_seq);
    return answers.shift() ?? BUSY;
  };
  const sender = createLaneSender({
    ...{ lane: 'transactions', db, boot: 'b'.repeat(32), ports: systemPorts, logger: silent },
    writer: { submit, waiting: 0, failed: new Promise(() => {}), close: async () => {} },
    // Of a hub, a drain asks for this and nothing else.
    hub: () => ({ sendBatch }) as unknown as HubForDevice,
    key: generateSigningKey,
    sending: {
      firstSize: { entries: 9, bytes: 1e6 },
      maxSize: { entries: 9, bytes: 1e6 },
      compress: async (bytes) => bytes,
    },
  });
  try {
    for (let sale = 1; sale <= 3; sale += 1)
      await submit({
        ...{ type: 'sale', op_id: uuidV7(systemPorts), text: saleText() },
        ...{ terminal_id: null, staff_id: null },
      });
    await sender.drain(new AbortController().signal);
    return began;
  } finally {
    db.close();
    engine.close();
  }
}

it('begins again where the hub says that it has a gap', async () => {
  const gap: BatchAnswer = { answer: 'gap', expected: 1 };
  expect(await drained([gap])).toEqual([1, 1]);
});
