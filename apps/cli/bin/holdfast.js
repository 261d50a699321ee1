#!/usr/bin/env node
// The entry in plain JavaScript, so that a Node too old to read the TypeScript sources can say so in one sentence.
const [major] = process.versions.node.split('.');
if (Number(major) < 24) {
  process.stderr.write(
    `Holdfast needs Node 24, and this is Node ${process.versions.node}: run it by npm (npm start, npm run holdfast), which uses the Node among its dependencies.\n`,
  );
  process.exitCode = 1;
} else {
  await import('../src/main.ts');
}
