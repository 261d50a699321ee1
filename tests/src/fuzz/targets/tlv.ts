/** BER-TLV of cards: what is read is written again, and reads as the same objects. */
import { encodeTlv, parseTlv, parseVendorTlv, type TlvObject, toHex } from '@holdfast/cards';
import { type FuzzTarget, hexBytes, holds } from '../target.ts';

function textOf(objects: readonly TlvObject[]): string {
  return objects
    .map(({ tag, value, children }) => `${tag}${children ? `{${textOf(children)}}` : `=${toHex(value)}`}`)
    .join(' ');
}

/** The fuzzed parser. */
export const target: FuzzTarget = {
  name: 'tlv',
  bytesMax: 600,
  dictionary: [
    '6F',
    '70',
    '77',
    '80',
    '82',
    '84',
    'A5',
    'BF0C',
    '9F02',
    '9F3704',
    'E0',
    '81FF',
    '820100',
    '1F8101',
    '00',
  ].map(hexBytes),
  seeds: [
    '9C00',
    '9C8101FF',
    '9F820101FF',
    '9F0201FFE0039F03009F0400',
    '57A10212345607C101AA',
    '6F0A8402A000A5049F380100',
  ].map(hexBytes),
  run(input) {
    const read = parseTlv(input);
    const vendor = parseVendorTlv(input);
    holds(!read.ok || vendor.ok, 'BER-TLV is part of the dialect of readers');
    if (!read.ok) {
      holds(read.offset >= 0 && read.offset <= input.length, 'a fault lies inside the input');
      return `refused: ${read.reason} ${vendor.ok}`;
    }
    const again = parseTlv(encodeTlv(read.objects));
    holds(again.ok, 'what is written can be read');
    holds(textOf(again.objects) === textOf(read.objects), 'what is written reads as the same objects');
    return textOf(read.objects);
  },
};
