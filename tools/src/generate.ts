/** Writes the generated pages (`npm run docs:generate`). */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PAGES } from './pages.ts';
import { ROOT } from './tree.ts';

for (const { path, render } of PAGES) {
  mkdirSync(dirname(join(ROOT, path)), { recursive: true });
  writeFileSync(join(ROOT, path), render());
  console.log(path);
}
