/** PIN blocks of ISO 9564: written and read back, or refused. */

import {
  decipherPinBlock4,
  encipherPinBlock4,
  panField4,
  type ReadPin,
  readPinBlock0,
  readPinBlock1,
  readPinBlock2,
  readPinBlock3,
  writePinBlock0,
  writePinBlock2,
} from '@holdfast/cards';
import { Secret } from '@holdfast/crypto';
import type { Values } from '../case-values.ts';
import { ascii, looseHex, Mismatch, parsed, same } from '../compare.ts';
import { type Case, casesOf, REJECT, rejectCases, type Section } from '../section.ts';
import { spellings } from '../spellings.ts';

const FORMAT = /^(?:iso.?(?:9564.?)?)?(?:format)?_?([0-4])/i;

export const pinBlocks: Section = {
  spellings: spellings({
    pan: ['account', 'accountNumber', 'primaryAccountNumber'],
    block: ['pinBlock', 'encPinBlock', 'encryptedPinBlock'],
    random: ['rnd', 'randomFill', 'fill'],
    field: ['panField'],
    pinField: ['plainTextPinField'],
    key: ['pek', 'pinKey', 'aesKey'],
  }),
  cases: (section) => [
    ...section
      .names()
      .filter((name) => !REJECT.test(name))
      .flatMap((name) => casesOfFormat(section, name)),
    ...rejectCases(section, readRefused, 'block'),
  ],
};

function casesOfFormat(section: Values, name: string): Case[] {
  const [, format] = FORMAT.exec(name) ?? [];
  if (format === '0') return casesOf(section, name, checkFormat0);
  if (format === '1') return casesOf(section, name, (it) => samePin(readPinBlock1(it.hex('block')), it));
  if (format === '2') return casesOf(section, name, checkFormat2);
  if (format === '3') return casesOf(section, name, (it) => samePin(readPinBlock3(blockOf(it)), it));
  return format === '4' ? casesOf(section, name, checkFormat4) : [];
}

function checkFormat0(it: Values): undefined {
  const [pin, pan] = [it.digits('pin'), it.digits('pan')];
  same('the block', writePinBlock0({ pin, pan }), it.hex('block'));
  samePin(readPinBlock0(blockOf(it)), it);
}

function checkFormat2(it: Values): undefined {
  same('the block', writePinBlock2(it.digits('pin')), it.hex('block'));
  samePin(readPinBlock2(it.hex('block')), it);
}

/** The number's field, and the block where there is a key: read, and written where it is said what was drawn. */
function checkFormat4(it: Values): undefined {
  if (it.has('field')) same('the field', panField4(it.digits('pan')), it.hex('field'));
  if (!it.has('block')) return;
  samePin(decipherPinBlock4({ ...blockOf(it), key: keyOf(it) }), it);
  const random = drawnOf(it);
  if (random === undefined) return;
  const [pin, pan] = [it.digits('pin'), it.digits('pan')];
  const drawn = { unit: () => 0, bytes: (length: number) => givenBytes(random, length) };
  same('the block', encipherPinBlock4({ pin, pan, key: keyOf(it), random: drawn }), it.hex('block'));
}

/** The random half of the PIN field, by itself or at the end of the whole field, whose other half is then compared. */
function drawnOf(it: Values): Uint8Array | undefined {
  const field = it.hexIfAny('pinField');
  const random = it.hexIfAny('random');
  if (field === undefined) return random;
  const filled = `4${it.text('pin').length.toString(16)}${it.text('pin')}`.padEnd(16, 'A').toUpperCase();
  same('the PIN field', field.slice(0, 8), looseHex(filled));
  if (random !== undefined) same('the random bytes', field.slice(8), random);
  return field.slice(8);
}

function givenBytes(random: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  if (random.length !== length)
    throw new Mismatch(`"random" has ${random.length} bytes, ${length} are needed`);
  return new Uint8Array(random);
}

/** What is no number or no block at all is for the product to refuse, as it is in the vector. */
function readRefused(it: Values, list: string): { ok: boolean } {
  const [, format] = FORMAT.exec(list.replace(REJECT, '').replace(/^[^a-z0-9]+/i, '')) ?? [];
  const block = looseHex(it.text('block')) ?? new Uint8Array();
  const pan = it.has('pan') ? ascii(it.text('pan')) : new Uint8Array();
  if (it.has('pin')) it.text('pin');
  if (format === '0') return readPinBlock0({ block, pan });
  if (format === '1') return readPinBlock1(block);
  if (format === '2') return readPinBlock2(block);
  if (format === '3') return readPinBlock3({ block, pan });
  if (format === '4') return decipherPinBlock4({ block, pan, key: keyOf(it) });
  throw new Mismatch(`"${list}" names no format`);
}

function samePin(read: ReadPin, it: Values): undefined {
  same('the PIN', parsed('the block', read).pin, it.text('pin'));
}

function blockOf(it: Values): { block: Uint8Array; pan: Uint8Array } {
  return { block: it.hex('block'), pan: it.digits('pan') };
}

function keyOf(it: Values): Secret {
  return new Secret(it.hex('key'));
}
