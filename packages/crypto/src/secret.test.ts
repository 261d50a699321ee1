import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { Secret } from './secret.ts';

const plain = Buffer.from('planted-key-bytes');

test('gives its bytes to use alone', () => {
  const given = Buffer.from(plain);
  const secret = new Secret(given);
  given.fill(0);
  expect(secret.use((bytes) => Buffer.from(bytes).toString())).toBe('planted-key-bytes');
});

test('is never printed', () => {
  const secret = new Secret(plain);
  const depth = { depth: null, showHidden: true };
  const shown = [JSON.stringify({ secret }), inspect({ secret }, depth), String(secret), `${secret}`];
  for (const text of shown) expect(text).toContain('[secret]');
  for (const text of shown) expect(text).not.toMatch(/planted|706c616e746564|112, 108/);
  expect(Object.keys(secret)).toEqual([]);
  expect(structuredClone({ ...secret })).toEqual({});
});

test('wiped, its bytes are gone and it cannot be used', () => {
  let kept: Uint8Array | undefined;
  {
    using secret = new Secret(plain);
    secret.use((bytes) => {
      kept = bytes;
    });
    expect(kept).toEqual(new Uint8Array(plain));
  }
  expect(kept).toEqual(new Uint8Array(plain.length));
  const secret = new Secret(plain);
  secret.wipe();
  secret.wipe();
  expect(() => secret.use(() => 1)).toThrow('wiped');
});
