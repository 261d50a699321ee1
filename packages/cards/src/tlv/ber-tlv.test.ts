import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../encoding/hex.ts';
import {
  encodeTlv,
  findAllTlv,
  findTlv,
  flattenTlv,
  parseTlv,
  TLV_BYTES_MAX,
  TLV_DEPTH_MAX,
  TLV_OBJECTS_MAX,
  type TlvObject,
  type TlvSource,
} from './ber-tlv.ts';

type Tree = { [tag: string]: string | Tree };
type Vectors = { berTlv: { ok: [string, Tree][]; fail: string[]; messyReaderF55: { hex: string } } };

const VECTORS = new URL('../../../../docs/vectors/payments/ber-tlv.json', import.meta.url);
// The file is the project's own; its shape is that of the type.
const { berTlv } = JSON.parse(readFileSync(VECTORS, 'utf8')) as Vectors;

function treeOf(objects: readonly TlvObject[]): Tree {
  return Object.fromEntries(
    objects.map((object) => [object.tag, object.children ? treeOf(object.children) : toHex(object.value)]),
  );
}

function parsed(hex: string): readonly TlvObject[] {
  const result = parseTlv(fromHex(hex));
  expect(result.ok).toBe(true);
  return result.ok ? result.objects : [];
}

function refusal(hex: string): string {
  const result = parseTlv(fromHex(hex));
  return result.ok ? 'parsed' : `${result.reason} at ${result.offset}`;
}

test.each(berTlv.ok)('%s is read', (hex, tree) => {
  expect(treeOf(parsed(hex))).toEqual(tree);
});

test.each(berTlv.fail)('%s is refused', (hex) => {
  expect(parseTlv(fromHex(hex)).ok).toBe(false);
});

test('the data of a reader is read and written again', () => {
  const objects = parsed(berTlv.messyReaderF55.hex);
  expect(objects).toHaveLength(22);
  expect(toHex(findTlv(objects, '9F37')?.value ?? new Uint8Array())).toBe('09BC2106');
  expect(toHex(encodeTlv(objects)).toLowerCase()).toBe(berTlv.messyReaderF55.hex);
});

test('a fault has a reason and a place', () => {
  expect(refusal('9F')).toBe('tag_truncated at 1');
  expect(refusal('9FF0')).toBe('tag_truncated at 2');
  expect(refusal('9F81818101FF')).toBe('tag_too_long at 3');
  expect(refusal('9C')).toBe('length_truncated at 1');
  expect(refusal('9C8201')).toBe('length_truncated at 3');
  expect(refusal('9C80')).toBe('length_form at 1');
  expect(refusal('E0809C00')).toBe('length_form at 1');
  expect(refusal('9C850000000001FF')).toBe('length_form at 1');
  expect(refusal('9C84FFFFFFFFFF')).toBe('value_truncated at 6');
  expect(refusal('9C02AA')).toBe('value_truncated at 2');
  expect(refusal('E0049F0202AA9C00')).toBe('value_truncated at 5');
});

test('zero bytes may stand before, between and after objects, and inside templates', () => {
  expect(treeOf(parsed('00009C01FF00E0060000 9C01AA0000'.replace(' ', '')))).toEqual({
    '9C': 'FF',
    E0: { '9C': 'AA' },
  });
  expect(parsed('000000')).toEqual([]);
});

test('duplicates stay in their order, and are found at any depth', () => {
  const objects = parsed('9C0101E0069C0102 9C01039C0104'.replace(' ', ''));
  expect(findAllTlv(objects, '9C').map((object) => object.value[0])).toEqual([1, 2, 3, 4]);
  expect(findTlv(objects, '9C')?.value).toEqual(Uint8Array.of(1));
  expect(findTlv(objects, '9F02')).toBeUndefined();
  expect(flattenTlv(objects)).toHaveLength(5);
});

test('values are views of the input', () => {
  const bytes = fromHex('E0039C01FF');
  const result = parseTlv(bytes);
  bytes.fill(0);
  expect(result.ok && findTlv(result.objects, '9C')?.value).toEqual(Uint8Array.of(0));
});

test('depth, number and length have bounds', () => {
  const nested = (depth: number) => {
    let source: TlvSource = { tag: '9C', value: Uint8Array.of(1) };
    for (let level = 1; level < depth; level += 1) source = { tag: 'E0', children: [source] };
    return encodeTlv([source]);
  };
  expect(parseTlv(nested(TLV_DEPTH_MAX)).ok).toBe(true);
  expect(parseTlv(nested(TLV_DEPTH_MAX + 1))).toMatchObject({ ok: false, reason: 'too_deep' });
  expect(parseTlv(nested(1000))).toMatchObject({ ok: false, reason: 'too_deep' });
  const many = (count: number) => Buffer.from('9c00'.repeat(count), 'hex');
  expect(parseTlv(many(TLV_OBJECTS_MAX)).ok).toBe(true);
  expect(parseTlv(many(TLV_OBJECTS_MAX + 1))).toMatchObject({ ok: false, reason: 'too_many_objects' });
  expect(parseTlv(new Uint8Array(TLV_BYTES_MAX)).ok).toBe(true);
  expect(parseTlv(new Uint8Array(TLV_BYTES_MAX + 1))).toMatchObject({ ok: false, reason: 'too_long' });
});

test('lengths are written in as few bytes as they need', () => {
  for (const [length, prefix] of [
    [0, '9C00'],
    [127, '9C7F'],
    [128, '9C8180'],
    [255, '9C81FF'],
    [256, '9C820100'],
    [65_536, '9C83010000'],
  ] as const) {
    const bytes = encodeTlv([{ tag: '9C', value: new Uint8Array(length) }]);
    expect(toHex(bytes).slice(0, prefix.length)).toBe(prefix);
    expect(bytes.length).toBe(prefix.length / 2 + length);
  }
});

test('a wrong tag or a value in the wrong place is a defect of the program', () => {
  const value = new Uint8Array();
  for (const tag of ['9f02', '9F', '9F0201', '', '0', 'XX', '00', '9F818101']) {
    expect(() => encodeTlv([{ tag, value }])).toThrow('the tag is one of BER-TLV');
  }
  expect(() => encodeTlv([{ tag: 'E0', value }])).toThrow('a constructed tag takes children');
  expect(() => encodeTlv([{ tag: '9C', children: [] }])).toThrow('a primitive tag has no children');
  expect(() => encodeTlv([{ tag: '9C' }])).toThrow('a primitive tag takes a value');
});

const primitive = fc.record({
  tag: fc.constantFrom('9C', '5A', '9F02', '9F8201', 'DF8129', '5F24'),
  value: fc.uint8Array({ maxLength: 300 }),
});
const { object } = fc.letrec<{ object: TlvSource }>((tie) => ({
  object: fc.oneof(
    { maxDepth: 4 },
    primitive,
    fc.record({
      tag: fc.constantFrom('E0', '6F', 'BF0C', 'FF8105'),
      children: fc.array(tie('object'), { maxLength: 4 }),
    }),
  ),
}));

test('objects come back from their bytes, and bytes from their objects', () => {
  fc.assert(
    fc.property(fc.array(object, { maxLength: 5 }), (objects) => {
      const bytes = encodeTlv(objects);
      const result = parseTlv(bytes);
      expect(result.ok && encodeTlv(result.objects)).toEqual(bytes);
      expect(result.ok && flattenTlv(result.objects).map(({ tag }) => tag)).toEqual(tagsOf(objects));
    }),
  );
});

test('every truncation of one object is refused, and nothing that arrives makes the parser throw', () => {
  fc.assert(
    fc.property(object, fc.uint8Array({ maxLength: 80 }), (source, noise) => {
      const bytes = encodeTlv([source]);
      for (let length = 1; length < bytes.length; length += 1) {
        expect(parseTlv(bytes.subarray(0, length)).ok).toBe(false);
      }
      const result = parseTlv(noise);
      if (result.ok) expect(treeLists(parseTlv(encodeTlv(result.objects)))).toEqual(treeLists(result));
    }),
  );
});

function tagsOf(objects: readonly TlvSource[]): string[] {
  return objects.flatMap(({ tag, children }) => [tag, ...(children ? tagsOf(children) : [])]);
}

function treeLists(result: ReturnType<typeof parseTlv>): unknown {
  return (
    result.ok &&
    flattenTlv(result.objects).map(({ tag, value, children }) => [tag, children ? '' : toHex(value)])
  );
}
