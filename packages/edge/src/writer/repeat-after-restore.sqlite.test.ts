/** A till that got no answer repeats its sale, perhaps at a disk that was put back meanwhile: it is the same sale to the byte. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemPorts, uuidV7 } from '@holdfast/base';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readEntries } from '../store/entries.ts';
import { openForReading } from '../store/open.ts';
import { saleText, testFolder } from '../testing.ts';
import { WriterEngine } from './engine.ts';

let folder: Awaited<ReturnType<typeof testFolder>>;
beforeEach(async () => {
  folder = await testFolder();
});
afterEach(() => folder.remove());

/** The body line that a sale gets in the store as it is. */
function bodyOf(opId: string): string | null | undefined {
  const engine = new WriterEngine(folder.engine, systemPorts);
  engine.execute([{ type: 'sale', op_id: opId, text: saleText(), terminal_id: null, staff_id: null }]);
  engine.close();
  const db = openForReading(folder.engine.store);
  const rows = readEntries(db, { streamNo: 0, fromSeq: 1, count: 9 });
  db.close();
  return rows.find(({ header }) => header.includes(opId))?.body;
}

it('makes the same body of a sale before and after its disk was put back', () => {
  const { path } = folder.engine.store;
  const copy = join(folder.options.dataFolder, 'copy.db');
  copyFileSync(path, copy);
  const [one, other] = [uuidV7(systemPorts), uuidV7(systemPorts)];
  const before = [bodyOf(one), bodyOf(other)];
  copyFileSync(copy, path);
  expect([bodyOf(one), bodyOf(other)]).toEqual(before);
  expect(before[0]).not.toBe(before[1]);
});
