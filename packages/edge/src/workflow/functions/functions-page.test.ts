import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createFunctionSet } from './index.ts';

const PAGE = readFileSync(new URL('../../../../../docs/workflows.md', import.meta.url), 'utf8');
const [, section = ''] = /\n## Functions of the edge\n([\s\S]*?)\n## /.exec(PAGE) ?? [];
const { table } = createFunctionSet();
const specs = [...table.values()];
const mentioned = (pattern: RegExp) => new Set(section.match(pattern) ?? []);

it.each(specs.map(({ name }) => name))('%s is on the page with all that it fails with', (name) => {
  expect(section).toContain(`\`${name}\``);
  const { failures = [], output = {} } = table.get(name) ?? {};
  for (const code of [...failures, ...Object.keys(output)]) expect(section).toContain(`\`${code}\``);
});

it('functions and codes on the page are those of the table', () => {
  const names = new Set(specs.map(({ name }) => name));
  for (const name of mentioned(/(?<=`)edge\.[a-z_]+(?=`)/g)) expect(names).toContain(name);
  const codes = new Set(specs.flatMap(({ failures }) => failures));
  const rows = section.split('\n').filter((line) => line.startsWith('| `edge.'));
  const listed = rows.flatMap(
    (row) =>
      row
        .split('|')
        .at(-2)
        ?.match(/(?<=`)[a-z_]+(?=`)/g) ?? [],
  );
  expect(listed.length).toBeGreaterThan(40);
  for (const code of listed) expect(codes).toContain(code);
});

it('those marked as part of the commit are', () => {
  for (const { name, effect } of specs)
    expect([name, section.includes(`\`${name}\` ∘`)]).toEqual([name, effect !== 'external']);
});
