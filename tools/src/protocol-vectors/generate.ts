/** Writes the vectors (`npm run docs:vectors`), and removes files that are none any more. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from '../tree.ts';
import { presentVectorFiles, VECTORS_FOLDER, vectorFiles } from './files.ts';

const files = vectorFiles();
mkdirSync(join(ROOT, VECTORS_FOLDER), { recursive: true });
for (const path of presentVectorFiles()) if (!files.has(path)) rmSync(join(ROOT, path));
for (const [path, text] of files) {
  mkdirSync(dirname(join(ROOT, path)), { recursive: true });
  writeFileSync(join(ROOT, path), text);
}
console.log(`${files.size} files in ${VECTORS_FOLDER}`);
