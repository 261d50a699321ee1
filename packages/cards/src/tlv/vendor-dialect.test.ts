import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../encoding/hex.ts';
import { encodeTlv, parseTlv, TLV_BYTES_MAX } from './ber-tlv.ts';
import { parseVendorTlv } from './vendor-dialect.ts';

const VECTORS = new URL('../../../../docs/vectors/payments/ber-tlv.json', import.meta.url);
const { berTlv } = JSON.parse(readFileSync(VECTORS, 'utf8'));

const MASKED = `57A111${'5413CCCCCCCC0011D2512CCCCCCCCCCCCC'}`;
const ENCRYPTED = `57C118${'3D5A7E11C04B9982F6A2D1170E5C88B3A94F20D6637B15E8'}`;

test('plain TLV reads as it does without the dialect', () => {
  const bytes = fromHex(berTlv.messyReaderF55.hex);
  const plain = parseTlv(bytes);
  expect(parseVendorTlv(bytes)).toEqual({ ...plain, protectedObjects: [] });
});

test('protected values stand apart, and the clean part holds none of them', () => {
  const hex = `500A4D617374657243617264${MASKED}${ENCRYPTED}9F360200A1`;
  const result = parseVendorTlv(fromHex(hex));
  expect(result.ok && toHex(encodeTlv(result.objects))).toBe('500A4D6173746572436172649F360200A1');
  expect(
    result.ok && result.protectedObjects.map(({ tag, protection, value }) => [tag, protection, value.length]),
  ).toEqual([
    ['57', 'masked', 17],
    ['57', 'encrypted', 24],
  ]);
  expect(parseTlv(fromHex(hex)).ok).toBe(false);
});

test('a template that held a protected object has no raw value', () => {
  const inner = `5002AABB${MASKED}`;
  const result = parseVendorTlv(fromHex(`FF8105${toHex(Uint8Array.of(inner.length / 2))}${inner}`));
  expect(result.ok && result.objects).toEqual([
    { tag: 'FF8105', value: new Uint8Array(), children: [{ tag: '50', value: fromHex('AABB') }] },
  ]);
  expect(result.ok && result.protectedObjects).toHaveLength(1);
});

test('a protected value may be longer than a short length says', () => {
  const result = parseVendorTlv(fromHex(`57C18180${'AB'.repeat(128)}`));
  expect(result.ok && result.protectedObjects[0]?.value).toHaveLength(128);
});

test('every truncation of a protected object is refused, and nothing makes the parser throw', () => {
  const bytes = fromHex(ENCRYPTED);
  for (let length = 1; length < bytes.length; length += 1) {
    expect(parseVendorTlv(bytes.subarray(0, length)).ok).toBe(false);
  }
  expect(parseVendorTlv(fromHex('57B101AA'))).toMatchObject({ ok: false, reason: 'length_form' });
  expect(parseVendorTlv(new Uint8Array(TLV_BYTES_MAX + 1))).toMatchObject({ reason: 'too_long' });
  expect(parseVendorTlv(fromHex('9C00'.repeat(1025)))).toMatchObject({ reason: 'too_many_objects' });
  expect(parseVendorTlv(fromHex('E07E'.repeat(9) + '00'.repeat(126)))).toMatchObject({ ok: false });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), (noise) => {
      const result = parseVendorTlv(noise);
      const plain = parseTlv(noise);
      if (plain.ok) expect(result).toEqual({ ...plain, protectedObjects: [] });
    }),
  );
});
