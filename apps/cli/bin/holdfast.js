#!/usr/bin/env node
// The entry in plain JavaScript, so that a Node too old to read the TypeScript sources can say so in one sentence.
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const [major] = process.versions.node.split('.');
if (Number(major) < 24) {
  process.stderr.write(
    `Holdfast needs Node 24, and this is Node ${process.versions.node}: run it by npm (npm start, npm run holdfast), which uses the Node among its dependencies.\n`,
  );
  process.exitCode = 1;
} else {
  // Keeps what Node makes of the sources: later starts, and threads, are spared the 25 MB that reading TypeScript takes.
  // It lies beside the code, where only who may change the code can write.
  const cache = fileURLToPath(new URL('../../../node_modules/.cache/node-compile', import.meta.url));
  module.enableCompileCache(cache);
  process.env.NODE_COMPILE_CACHE ??= cache; // For threads and children.
  await import('../src/main.ts');
}
