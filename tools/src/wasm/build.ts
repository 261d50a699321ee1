/** Builds the modules (`npm run build:wasm`), and removes what an earlier source had given. */
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../tree.ts';
import { moduleFiles, WASM_FOLDER } from './modules.ts';

const files = await moduleFiles();
for (const name of readdirSync(join(ROOT, WASM_FOLDER)))
  if (name.endsWith('.wasm') && !files.has(`${WASM_FOLDER}/${name}`)) rmSync(join(ROOT, WASM_FOLDER, name));
for (const [path, contents] of files) {
  writeFileSync(join(ROOT, path), contents);
  console.log(path);
}
