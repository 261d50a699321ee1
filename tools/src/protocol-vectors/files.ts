/** The vector files: where each is, and what stands in it. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../tree.ts';
import { exportVectors } from './export-vectors.ts';
import { batches, entries, sales, seals } from './journal-vectors.ts';
import { requests } from './request-vectors.ts';
import { acks, canonicalTexts, currencies, keyIds, opIds, receiptCodes } from './small-formats.ts';
import { createWorld, type World } from './world.ts';

export const VECTORS_FOLDER = 'docs/vectors';
/** Vectors of others' standards lie there: nothing makes them. */
const PUBLIC_FOLDER = 'payments/';

const DOCUMENTS: Readonly<Record<string, (world: World) => object>> = {
  'key-ids': keyIds,
  'canonical-json': canonicalTexts,
  'op-ids': opIds,
  'receipt-codes': receiptCodes,
  currencies,
  acks,
  entries,
  seals,
  batches,
  sales,
  requests,
};

/** Every file by its path; the same at every call. Each is made in a world of its own, so that they do not move. */
export function vectorFiles(): Map<string, string> {
  const files = new Map<string, string>();
  for (const [name, make] of Object.entries(DOCUMENTS))
    files.set(`${VECTORS_FOLDER}/${name}.json`, `${JSON.stringify(make(createWorld()), null, 2)}\n`);
  for (const [name, text] of exportVectors(createWorld())) files.set(`${VECTORS_FOLDER}/${name}`, text);
  return files;
}

/** The paths of the vector files that are in the repository, but for those of others' standards. */
export function presentVectorFiles(): string[] {
  return readdirSync(join(ROOT, VECTORS_FOLDER), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.n?d?json$/.test(name) && !name.startsWith(PUBLIC_FOLDER))
    .map((name) => `${VECTORS_FOLDER}/${name}`);
}
