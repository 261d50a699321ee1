import { expect, test } from 'vitest';
import { encodeTlv, isConstructedTag } from './ber-tlv.ts';
import { EMV_TAGS, formatOfTag, isSensitiveTag, tagInfo } from './tags.ts';

test('every tag is one that BER-TLV can write, with bounds in order', () => {
  for (const { tag, bytesMin, bytesMax, templates } of EMV_TAGS) {
    const source = isConstructedTag(tag) ? { tag, children: [] } : { tag, value: new Uint8Array() };
    expect(encodeTlv([source]).length, tag).toBeGreaterThan(0);
    expect(bytesMin, tag).toBeLessThanOrEqual(bytesMax);
    for (const template of templates) expect(tagInfo(template), template).toBeDefined();
  }
});

test('what must not be kept or shown is marked, and what a receipt needs is not', () => {
  for (const tag of ['5A', '57', '56', '9F6B', '9F1F', '9F20', '5F20', '5F24', '99', '9F46', '9F2D']) {
    expect(isSensitiveTag(tag), tag).toBe(true);
  }
  for (const tag of ['4F', '50', '95', '9B', '9F26', '9F27', '9F12', '8A', '84', 'DF7F']) {
    expect(isSensitiveTag(tag), tag).toBe(false);
  }
  expect(tagInfo('57')?.pci).toBe('authentication');
  expect(tagInfo('5A')?.pci).toBe('pan');
  expect(tagInfo('5F20')?.pci).toBe('cardholder');
});

test('formats and lengths are those of the standard', () => {
  expect(tagInfo('9F02')).toEqual({
    tag: '9F02',
    name: 'Amount, Authorised (Numeric)',
    format: 'n',
    bytesMin: 6,
    bytesMax: 6,
    source: 'terminal',
    templates: [],
  });
  expect(tagInfo('9F1B')).toMatchObject({ format: 'b', bytesMin: 4, bytesMax: 4 });
  expect(tagInfo('5A')).toMatchObject({
    format: 'cn',
    bytesMax: 10,
    source: 'card',
    templates: ['70', '77'],
  });
  expect(tagInfo('8A')).toMatchObject({ format: 'an', bytesMin: 2, source: 'issuer' });
  expect(formatOfTag('81')).toBe('b');
  expect(formatOfTag('5F2A')).toBe('n');
  expect(formatOfTag('DF7F')).toBeUndefined();
});
