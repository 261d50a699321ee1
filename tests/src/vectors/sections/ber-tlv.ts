/** BER-TLV as EMV uses it. An object may stand for another spelling of its lengths; values and nesting are compared. */

import { encodeTlv, parseHex, parseTlv, parseVendorTlv, type TlvObject, toHex } from '@holdfast/cards';
import { Mismatch, parsed, refused, same, valuesOf } from '../case-values.ts';
import { type Case, caseOf, type Section, textCases } from '../section.ts';

export const berTlv: Section = (section) => [
  ...(section.has('ok') ? section.list('ok').map(readableCase) : []),
  ...textCases(section, 'fail', (hex) => refused(hex, parseTlv(bytesOf(hex)))),
  ...caseOf(section, 'messyReaderF55', (it) => {
    const bytes = it.hex('hex');
    const { objects, protectedObjects } = parsed('the hex', parseVendorTlv(bytes));
    if (protectedObjects.length === 0) same('what is written again', encodeTlv(objects), bytes);
  }),
];

function readableCase(raw: unknown, index: number): Case {
  return {
    name: `ok[${index}]`,
    check: () => {
      const [hex, expected] = Array.isArray(raw) ? raw : [];
      if (typeof hex !== 'string') throw new Mismatch('the case is no pair of bytes and objects');
      const { objects } = parsed(hex, parseTlv(bytesOf(hex)));
      same('what is read', treeOf(objects), expectedTree(expected));
      const again = parsed('what is written again', parseTlv(encodeTlv(objects)));
      same('what is read of that', treeOf(again.objects), treeOf(objects));
    },
  };
}

type Tree = [tag: string, value: string | Tree[]][];

function treeOf(objects: readonly TlvObject[]): Tree {
  return objects.map(
    ({ tag, value, children }) => [tag, children ? treeOf(children) : toHex(value)] as Tree[number],
  );
}

function expectedTree(expected: unknown): Tree {
  const values = valuesOf(expected, 'what is expected');
  return values.names().map((tag) => {
    const value = values.raw(tag);
    const inner = typeof value === 'string' ? value.toUpperCase() : expectedTree(value);
    return [tag.toUpperCase(), inner] as Tree[number];
  });
}

function bytesOf(hex: string): Uint8Array {
  const bytes = parseHex(hex);
  if (bytes === undefined) throw new Mismatch(`${hex} is not hexadecimal`);
  return bytes;
}
