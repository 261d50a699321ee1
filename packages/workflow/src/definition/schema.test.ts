import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { workflowSchema } from './schema.ts';
import { KEYS_BY_TYPE } from './step-keys.ts';
import { exampleTexts } from './testing-examples.ts';

const validator = z.fromJSONSchema(workflowSchema());
const takes = (value: unknown) => validator.safeParse(value).success;
const withStep = (step: unknown) => ({ workflow_type: 'T', steps: [step] });

it.each(exampleTexts())('takes the example $name', ({ text }) => {
  expect(validator.safeParse(parse(text)).error).toBeUndefined();
});

it('takes the steps on the page of the language', () => {
  const page = readFileSync(new URL('../../../../docs/workflows.md', import.meta.url), 'utf8');
  const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block = '']) => parse(block));
  const steps = blocks.filter((block) => Array.isArray(block)).flat();
  expect(steps.length).toBeGreaterThan(10);
  expect(validator.safeParse({ workflow_type: 'T', steps }).error).toBeUndefined();
});

it.each([
  ['an unknown key', withStep({ name: 'A', retires: 3 })],
  ['an unknown type', withStep({ name: 'A', type: 'HTPP' })],
  ['a key of another type', withStep({ name: 'A', type: 'WAIT', for: '1s', url: 'https://a.example' })],
  ['a step without a name', withStep({ function: 'edge.notify' })],
  ['a duration that is none', withStep({ name: 'A', type: 'WAIT', for: '5 minutes' })],
  ['no steps', { workflow_type: 'T', steps: [] }],
  ['no workflow type', { steps: [{ name: 'A' }] }],
  ['a type of field that is none', { workflow_type: 'T', state: { a: 'monney' }, steps: [{ name: 'A' }] }],
  [
    'a broken step within a loop',
    withStep({ name: 'L', type: 'LOOP', max_iterations: 1, loop_body: [{ nme: 'A' }] }),
  ],
])('refuses %s', (_, value) => {
  expect(takes(value)).toBe(false);
});

it('takes each type with its name alone or with what it must have', () => {
  const must: Record<string, object> = {
    DECISION: { routes: [{ default: 'END' }] },
    LOOP: { loop_body: [{ name: 'A' }] },
  };
  for (const type of Object.keys(KEYS_BY_TYPE)) {
    expect([type, takes(withStep({ name: 'A', type, ...must[type] }))]).toEqual([type, true]);
  }
});

it('says what every key is for', () => {
  const text = JSON.stringify(workflowSchema());
  expect(text).not.toContain('"description":""');
  for (const keys of Object.values(KEYS_BY_TYPE)) {
    for (const [name, { about }] of Object.entries(keys))
      expect([name, about]).toEqual([name, expect.stringMatching(/\.$/)]);
  }
});
