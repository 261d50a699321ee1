/** Writes the vectors (`npm run docs:vectors`), and removes files that are none any more. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from '../tree.ts';
import { VECTORS_FOLDER, vectorFiles } from './files.ts';

const files = vectorFiles();
mkdirSync(join(ROOT, VECTORS_FOLDER), { recursive: true });
for (const name of readdirSync(join(ROOT, VECTORS_FOLDER), { recursive: true, encoding: 'utf8' }))
  if (/\.(json|ndjson)$/.test(name) && !files.has(`${VECTORS_FOLDER}/${name}`))
    rmSync(join(ROOT, VECTORS_FOLDER, name));
for (const [path, text] of files) {
  mkdirSync(dirname(join(ROOT, path)), { recursive: true });
  writeFileSync(join(ROOT, path), text);
}
console.log(`${files.size} files in ${VECTORS_FOLDER}`);
