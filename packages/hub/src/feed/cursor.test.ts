import { toBase64Url } from '@holdfast/crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openCursor, sealCursor } from './cursor.ts';
import { tenantScope } from './scopes.ts';

const sealing = { macKey: Buffer.alloc(32, 7), deviceId: 'device-1' };

test('a cursor says what was sealed into it', () => {
  const versions = fc.dictionary(fc.uuid().map(tenantScope), fc.nat(), { noNullPrototype: true });
  fc.assert(
    fc.property(fc.string(), versions, (generation, kept) => {
      const hashes = Object.fromEntries(Object.keys(kept).map((scope) => [scope, 'ab'.repeat(32)]));
      const position = { generation, versions: kept, hashes };
      expect(openCursor(sealCursor(position, sealing), sealing)).toEqual(position);
    }),
  );
});

test('whatever else is not a cursor', () => {
  const good = sealCursor({ generation: 'a', versions: { 'tenant:1': 3 }, hashes: {} }, sealing);
  const [content = '', mac = ''] = good.split('.');
  const forged = toBase64Url(Buffer.from('{"generation":"a","versions":{"tenant:1":9},"hashes":{}}'));
  for (const text of [
    '',
    '.',
    good.slice(1),
    `${good}.`,
    `${content}.${content}`,
    `${forged}.${mac}`,
    'å.ä',
  ]) {
    expect(openCursor(text, sealing)).toBeUndefined();
  }
  expect(openCursor(good, { ...sealing, deviceId: 'device-2' })).toBeUndefined();
  expect(openCursor(good, { ...sealing, macKey: Buffer.alloc(32, 8) })).toBeUndefined();
  fc.assert(fc.property(fc.string(), (text) => openCursor(text, sealing) === undefined));
});
