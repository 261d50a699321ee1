/**
 * BER-TLV as EMV uses it. An object may stand for another spelling of its lengths; values and nesting are compared. Objects
 * of one template are compared by tag and not by place, for JSON keeps no order of names that look like numbers.
 */

import { encodeTlv, parseTlv, parseVendorTlv, type TlvObject, toHex } from '@holdfast/cards';
import type { Values } from '../case-values.ts';
import { looseHex, Mismatch, parsed, same } from '../compare.ts';
import { type Case, casesOf, compareRest, itemsOf, REJECT, rejectCases, type Section } from '../section.ts';

export const berTlv: Section = {
  cases: (section) => [
    ...section
      .names()
      .filter((name) => !REJECT.test(name) && !/^messy/i.test(name))
      .flatMap((name) => readableCases(section, name)),
    ...rejectCases(section, (it) => parseTlv(bytesOf(it.text('hex'))), 'hex'),
    ...section
      .names()
      .filter((name) => /^messy/i.test(name))
      .flatMap((name) => casesOf(section, name, checkMessy)),
  ],
};

/** Pairs of bytes and objects, or objects with `hex` and the tree under any other name. */
function readableCases(section: Values, name: string): Case[] {
  return itemsOf(section, name).map(({ label, item }) => ({
    name: label,
    check: () => {
      const [hex, tree] = Array.isArray(item) ? item : [];
      const values = section.within(Array.isArray(item) ? { hex, tree } : item, label);
      const [expected = 'tree'] = values.names().filter((member) => member !== 'hex');
      checkReadable(bytesOf(values.text('hex')), values.object(expected));
      compareRest(values);
    },
  }));
}

function checkReadable(bytes: Uint8Array, expected: Values): void {
  const { objects } = parsed('the hex', parseTlv(bytes));
  same('what is read', treeOf(objects), expectedTree(expected));
  const again = parsed('what is written again', parseTlv(encodeTlv(objects)));
  same('what is read of that', treeOf(again.objects), treeOf(objects));
}

/** The members beside the bytes are objects as they must be read: plain ones, or those behind an attribute byte. */
function checkMessy(it: Values): undefined {
  const bytes = it.hex('hex');
  const { objects, protectedObjects } = parsed('the hex', parseVendorTlv(bytes));
  if (protectedObjects.length === 0) same('what is written again', encodeTlv(objects), bytes);
  for (const name of it.names()) {
    if (name === 'hex') continue;
    const kept = protectedObjects.filter(({ protection }) => protection === name);
    same(name, kept.length > 0 ? treeOf(kept) : treeOf(objects), expectedTree(it.object(name)));
  }
}

type Tree = [tag: string, value: string | Tree][];

function treeOf(objects: readonly Pick<TlvObject, 'tag' | 'value' | 'children'>[]): Tree {
  return inOrder(
    objects.map(({ tag, value, children }) => [tag, children ? treeOf(children) : toHex(value)]),
  );
}

/** A tag that is there more than once has a list of its values. */
function expectedTree(values: Values): Tree {
  return inOrder(
    values.names().flatMap((tag): Tree => {
      const raw = values.raw(tag);
      const all: unknown[] = Array.isArray(raw) ? raw : [raw];
      return all.map((value) => [
        tag.toUpperCase(),
        typeof value === 'string'
          ? value.replaceAll(' ', '').toUpperCase()
          : expectedTree(values.within(value, tag)),
      ]);
    }),
  );
}

function inOrder(tree: Tree): Tree {
  return tree.toSorted(([left], [right]) => (left < right ? -1 : Number(left > right)));
}

function bytesOf(hex: string): Uint8Array {
  const bytes = looseHex(hex);
  if (bytes === undefined) throw new Mismatch(`${hex} is not hexadecimal`);
  return bytes;
}
