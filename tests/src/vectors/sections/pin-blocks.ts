/** PIN blocks of ISO 9564: written and read back, or refused. */

import {
  decipherPinBlock4,
  encipherPinBlock4,
  panField4,
  type ReadPin,
  readPinBlock0,
  readPinBlock2,
  readPinBlock3,
  writePinBlock0,
  writePinBlock2,
} from '@holdfast/cards';
import { Secret } from '@holdfast/crypto';
import { Mismatch, parsed, refused, same, type Values } from '../case-values.ts';
import { casesOf, type Section } from '../section.ts';

export const pinBlocks: Section = (section) => [
  ...casesOf(section, 'format0', (it) => {
    const [pin, pan, block] = [it.digits('pin'), it.digits('pan'), it.hex('block')];
    same('the block', writePinBlock0({ pin, pan }), block);
    samePin(readPinBlock0({ block, pan }), it);
  }),
  ...casesOf(section, 'format2', (it) => {
    same('the block', writePinBlock2(it.digits('pin')), it.hex('block'));
    samePin(readPinBlock2(it.hex('block')), it);
  }),
  ...casesOf(section, 'format3decode', (it) => samePin(readPinBlock3(blockOf(it)), it)),
  ...casesOf(section, 'format4', checkFormat4),
  ...casesOf(section, 'format4panField', (it) =>
    same('the field', panField4(it.digits('pan')), it.hex('field')),
  ),
  ...casesOf(section, 'rejectFormat0', (it) => refused('the block', readPinBlock0(blockOf(it)))),
  ...casesOf(section, 'rejectFormat2', (it) => refused('the block', readPinBlock2(it.hex('block')))),
  ...casesOf(section, 'rejectFormat3', (it) => refused('the block', readPinBlock3(blockOf(it)))),
  ...casesOf(section, 'rejectFormat4', (it) =>
    refused('the block', decipherPinBlock4({ ...blockOf(it), key: keyOf(it) })),
  ),
];

function checkFormat4(it: Values): void {
  const [pan, key] = [it.digits('pan'), keyOf(it)];
  samePin(decipherPinBlock4({ block: it.hex('block'), pan, key }), it);
  if (!it.has('random')) return;
  const random = it.hex('random');
  const drawn = { unit: () => 0, bytes: (length: number) => givenBytes(random, length) };
  same('the block', encipherPinBlock4({ pin: it.digits('pin'), pan, key, random: drawn }), it.hex('block'));
}

function givenBytes(random: Uint8Array, length: number): Uint8Array {
  if (random.length !== length)
    throw new Mismatch(`"random" has ${random.length} bytes, ${length} are needed`);
  return random.slice();
}

function samePin(read: ReadPin, it: Values): void {
  same('the PIN', parsed('the block', read).pin, it.text('pin'));
}

function blockOf(it: Values): { block: Uint8Array; pan: Uint8Array } {
  return { block: it.hex('block'), pan: it.digits('pan') };
}

function keyOf(it: Values): Secret {
  return new Secret(it.hex('key'));
}
