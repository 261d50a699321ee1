/** Holds the version to the schemas: a changed shape fails here until the history has a row for it. */
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { z } from 'zod';
import * as protocol from './index.ts';
import { PROTOCOL_HISTORY, PROTOCOL_VERSION, PROTOCOL_VERSION_MIN } from './version.ts';

/** SHA-256, in hexadecimal, of every exported schema as JSON Schema of what may be sent, with sorted keys. */
function hashSchemas(exported: Readonly<Record<string, unknown>>): string {
  const schemas = Object.entries(exported)
    .filter((entry): entry is [string, z.ZodType] => entry[1] instanceof z.ZodType)
    .map(([name, schema]) => [name, z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })]);
  const text = JSON.stringify(sortKeys(Object.fromEntries(schemas)));
  return createHash('sha256').update(text).digest('hex');
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([key, member]) => [key, sortKeys(member)]));
}

it('has a row of history for the schemas as they are', () => {
  const hash = hashSchemas(protocol);
  expect(PROTOCOL_HISTORY.at(-1)?.hash, 'a wire shape changed: raise the version and add a row').toBe(hash);
});

it('sees every change of a schema', () => {
  const Sale = z.object({ id: z.string(), note: z.string().optional() });
  const before = hashSchemas({ Sale });
  expect(hashSchemas({ Sale: z.object({ note: z.string().optional(), id: z.string() }) })).toBe(before);
  expect(hashSchemas({ Sale: Sale.extend({ more: z.string() }) })).not.toBe(before);
  expect(hashSchemas({ Sale: z.object({ id: z.string().max(9), note: z.string().optional() }) })).not.toBe(
    before,
  );
  expect(hashSchemas({ Renamed: Sale })).not.toBe(before);
});

it('has an unbroken history that ends in the version spoken', () => {
  expect(PROTOCOL_HISTORY.map(({ version }) => version)).toEqual(
    PROTOCOL_HISTORY.map((_, index) => index + 1),
  );
  expect(PROTOCOL_HISTORY.at(-1)?.version).toBe(PROTOCOL_VERSION);
  expect(PROTOCOL_VERSION_MIN).toBeLessThanOrEqual(PROTOCOL_VERSION);
});
