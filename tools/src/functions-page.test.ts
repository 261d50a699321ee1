import type { FunctionSpec } from '@holdfast/workflow';
import { expect, it } from 'vitest';
import { renderFunctions } from './functions-page.ts';

const SPEC: FunctionSpec = {
  name: 'edge.weigh',
  summary: 'Weighs it.',
  effect: 'external',
  input: {
    tare: { type: 'decimal', optional: true },
    items: { type: 'list', of: { type: 'record', fields: { sku: { type: 'string' } } } },
  },
  output: {},
  failures: ['no_scale'],
  canQuery: true,
};

it('says of each function what it takes, gives and fails with, by name', () => {
  const other: FunctionSpec = {
    ...SPEC,
    name: 'edge.add',
    effect: 'pure',
    output: { sum: { type: 'money' } },
    failures: [],
    canQuery: false,
  };
  const page = renderFunctions({ functions: [SPEC, other], models: new Map() });
  const [, first, second] = page.split(/^## /m);
  expect(first).toMatch(/^edge\.add\n\nWeighs it\. \*pure\*\n/);
  expect(first).toContain('- gives `sum: money`\n- fails with nothing of its own');
  expect(second).toMatch(/^edge\.weigh\n\nWeighs it\. \*external\*; can be asked what became of a call\n/);
  expect(second).toContain(
    '- takes `tare: decimal?`, `items: list of { sku: string }`\n- gives nothing\n- fails with `no_scale`',
  );
});

it('lists the fields of each model', () => {
  const models = new Map([['Visit', { table: { type: 'string', optional: true } as const }]]);
  expect(renderFunctions({ functions: [], models })).toContain('### Visit\n\n`table: string?`\n');
});
