import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../encoding/hex.ts';
import { staticDataOf } from './static-data.ts';

const AIP = fromHex('3C00');

function shown(values: Parameters<typeof staticDataOf>[0]): string {
  const result = staticDataOf(values);
  return result.ok ? toHex(result.data) : result.reason;
}

test('of files up to 10 the inside of the template counts, of others all of it', () => {
  const record = fromHex('70045A0247FF');
  expect(shown({ records: [{ sfi: 10, record }], aip: AIP })).toBe('5A0247FF');
  expect(shown({ records: [{ sfi: 11, record }], aip: AIP })).toBe('70045A0247FF');
  expect(shown({ records: [{ sfi: 1, record: fromHex('7081045A0247FF') }], aip: AIP })).toBe('5A0247FF');
});

test('records follow one another in their order, the AIP comes last where the list asks for it', () => {
  const records = [
    { sfi: 2, record: fromHex('7002AABB') },
    { sfi: 1, record: fromHex('7001CC') },
  ];
  expect(shown({ records, aip: AIP })).toBe('AABBCC');
  expect(shown({ records, aip: AIP, tagList: fromHex('82') })).toBe('AABBCC3C00');
  expect(shown({ records, aip: AIP, tagList: new Uint8Array() })).toBe('AABBCC');
  expect(shown({ records: [], aip: AIP, tagList: fromHex('82') })).toBe('3C00');
});

test.each(['9F36', '8282', '5A', '829F36'])('a list that names %s is refused', (tagList) => {
  expect(shown({ records: [], aip: AIP, tagList: fromHex(tagList) })).toBe('tag_list');
});

test.each(['', '77025A00', '7003AABB', '70', '7080AABB0000', '7002AABBCC', '7085000000000101'])(
  'a record %s is refused in every file',
  (record) => {
    for (const sfi of [1, 20])
      expect(shown({ records: [{ sfi, record: fromHex(record) }], aip: AIP })).toBe('record_template');
  },
);

test('zeros may follow a template', () => {
  expect(shown({ records: [{ sfi: 1, record: fromHex('7002AABB0000') }], aip: AIP })).toBe('AABB');
});

test('no record makes it throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const record = bytes.length > 0 ? bytes.with(0, 0x70) : bytes;
      expect(typeof staticDataOf({ records: [{ sfi: 1, record }], aip: AIP }).ok).toBe('boolean');
    }),
  );
});
