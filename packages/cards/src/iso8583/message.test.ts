import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CardData } from '../card-data.ts';
import { fromHex, toHex } from '../encoding/hex.ts';
import { FrameReader } from './framing.ts';
import { iccDataOf, useIccData } from './icc-data.ts';
import {
  describeMessage,
  encodeMessage,
  type FieldValue,
  type Iso8583Message,
  MESSAGE_BYTES_MAX,
  parseMessage,
  wipeMessage,
} from './message.ts';
import type { Packager } from './packager-types.ts';
import {
  ASCII_87,
  ASCII_87_BINARY,
  ASCII_87_CHIP,
  ASCII_93,
  BCD_87,
  BCD_87_EBCDIC,
  BCD_87_RIGHT,
  BCD_93,
  EBCDIC_87,
  PACKAGERS,
} from './packagers.ts';
import { plain, textOf } from './testing-messages.ts';

type Fields = { [field: string]: string };
type Vectors = {
  iso8583: {
    ascii1987: { mti: string; raw: string; f: Fields }[];
    binaryBitmap0110: { rawHex: string; f: Fields };
    ebcdicBcd0810: { rawHex: string };
  };
};

const VECTORS = new URL('../../../../docs/vectors/payments/iso8583.json', import.meta.url);
// The file is the project's own; its shape is that of the type.
const { iso8583 } = JSON.parse(readFileSync(VECTORS, 'utf8')) as Vectors;
const bytes = (text: string) => new TextEncoder().encode(text);

function parsed(packager: Packager, raw: Uint8Array): Iso8583Message {
  const result = parseMessage(packager, raw);
  if (!result.ok) throw new Error(`field ${result.field}: ${result.reason}`);
  return result.message;
}

function encoded(packager: Packager, mti: string, fields: Record<number, FieldValue>): Uint8Array {
  const map = new Map(Object.entries(fields).map(([field, value]) => [Number(field), value]));
  const result = encodeMessage(packager, { mti, fields: map });
  if (!result.ok) throw new Error(`field ${result.field}: ${result.reason}`);
  return result.bytes;
}

const refused = (packager: Packager, raw: Uint8Array) => {
  const result = parseMessage(packager, raw);
  return result.ok ? 'parsed' : `${result.reason} in ${result.field}`;
};

test.each(iso8583.ascii1987)('the published $mti is read and written again', ({ mti, raw, f }) => {
  const message = parsed(ASCII_87, bytes(raw));
  expect(message.mti).toBe(mti);
  for (const [field, value] of Object.entries(f)) {
    expect(textOf(message.fields.get(Number(field))), field).toBe(value);
  }
  const again = encodeMessage(ASCII_87, message);
  expect(again.ok && new TextDecoder().decode(again.bytes)).toBe(raw);
});

test('a published message with a binary bitmap is read behind its header, and written again', () => {
  const { rawHex, f } = iso8583.binaryBitmap0110;
  const reader = new FrameReader({ header: 'binary-2', isInclusive: true, bytesMax: 1000 });
  const { messages } = reader.push(fromHex(`00A1${rawHex}`));
  expect(messages).toHaveLength(1);
  const message = parsed(ASCII_87_BINARY, messages[0] ?? new Uint8Array());
  expect(message.mti).toBe('0110');
  for (const [field, value] of Object.entries(f)) {
    expect(textOf(message.fields.get(Number(field))), field).toBe(value);
  }
  const again = encodeMessage(ASCII_87_BINARY, message);
  expect(again.ok && toHex(again.bytes)).toBe(rawHex);
});

test('a published message of packed digits and EBCDIC is read and written again', () => {
  const message = parsed(BCD_87_EBCDIC, fromHex(iso8583.ebcdicBcd0810.rawHex));
  expect(plain(message)).toEqual({
    mti: '0810',
    fields: [
      [7, '0501130427'],
      [11, '000005'],
      [39, '00'],
      [70, '001'],
    ],
  });
  const again = encodeMessage(BCD_87_EBCDIC, message);
  expect(again.ok && toHex(again.bytes)).toBe(iso8583.ebcdicBcd0810.rawHex);
});

test('a changed character of a published message changes what is read, or is refused', () => {
  for (const { raw } of iso8583.ascii1987) {
    const before = plain(parsed(ASCII_87, bytes(raw)));
    for (let index = 0; index < raw.length; index += 1) {
      const result = parseMessage(ASCII_87, bytes(raw).with(index, raw.charCodeAt(index) ^ 1));
      if (result.ok) expect(plain(result.message)).not.toEqual(before);
    }
  }
});

test('nothing that arrives makes a packager throw', () => {
  const near = fc.tuple(fc.constantFrom(...iso8583.ascii1987), fc.array(fc.tuple(fc.nat(200), fc.nat(255))));
  fc.assert(
    fc.property(near, fc.uint8Array({ maxLength: 200 }), ([{ raw }, changes], noise) => {
      const mutated = bytes(raw);
      for (const [at, byte] of changes) mutated[at % mutated.length] = byte;
      for (const packager of PACKAGERS) {
        expect(typeof parseMessage(packager, noise).ok).toBe('boolean');
        expect(typeof parseMessage(packager, mutated).ok).toBe('boolean');
      }
    }),
  );
});

test('a refusal names the field and never its content', () => {
  expect(refused(ASCII_87, bytes('01'))).toBe('truncated in 0');
  expect(refused(ASCII_87, bytes('9100'))).toBe('mti in 0');
  expect(refused(ASCII_87, bytes('1100'))).toBe('version in 0');
  expect(refused(ASCII_87, bytes('0100'))).toBe('truncated in 1');
  expect(refused(ASCII_87, bytes('010070000000000000X0'))).toBe('bitmap in 1');
  expect(refused(ASCII_87, bytes('01004000000000000000204242'))).toBe('length in 2');
  expect(refused(ASCII_87, bytes('01004000000000000000xx4242'))).toBe('length in 2');
  expect(refused(ASCII_87, bytes('01004000000000000000164242'))).toBe('truncated in 2');
  expect(refused(ASCII_87, bytes('0100400000000000000004424x'))).toBe('content in 2');
  expect(refused(ASCII_87, bytes('0100400000000000000004424200'))).toBe('trailing_bytes in 2');
  expect(refused(ASCII_87, bytes('01000000000000000000'))).toBe('parsed');
  expect(refused(ASCII_87, bytes('0100C0000000000000008000000000000000'))).toBe('tertiary_bitmap in 65');
  expect(refused(ASCII_87, new Uint8Array(MESSAGE_BYTES_MAX + 1))).toBe('too_long in 0');
  const { 4: _, ...fields } = ASCII_87.fields;
  expect(refused({ ...ASCII_87, fields }, bytes('01001000000000000000000000000100'))).toBe(
    'unknown_field in 4',
  );
});

test('card data of a message that is refused is wiped', () => {
  const fields = { ...ASCII_87.fields };
  const kept: CardData[] = [];
  const take = CardData.take;
  CardData.take = (content) => {
    const card = take(content);
    kept.push(card);
    return card;
  };
  try {
    expect(refused({ ...ASCII_87, fields }, bytes('01006000000000000000164242424242424242x'))).toBe(
      'truncated in 3',
    );
  } finally {
    CardData.take = take;
  }
  expect(kept.map((card) => card.isWiped)).toEqual([true]);
});

test('a message that cannot be written says in which field', () => {
  const failureOf = (mti: string, fields: [number, FieldValue][]) => {
    const result = encodeMessage(ASCII_87, { mti, fields: new Map(fields) });
    return result.ok ? 'written' : `${result.reason} in ${result.field}`;
  };
  expect(failureOf('0100', [[3, '12345']])).toBe('length in 3');
  expect(failureOf('0100', [[3, '12345x']])).toBe('content in 3');
  expect(failureOf('0100', [[43, 'é'.repeat(20)]])).toBe('content in 43');
  expect(failureOf('0100', [[32, '123456789012']])).toBe('length in 32');
  expect(failureOf('0100', [[28, 'X00000100']])).toBe('content in 28');
  expect(failureOf('0100', [[2, '4242424242424242']])).toBe('type in 2');
  expect(failureOf('0100', [[3, CardData.ofText('000000')]])).toBe('type in 3');
  expect(failureOf('0100', [[64, '0000000000000000']])).toBe('type in 64');
  expect(failureOf('0100', [[65, Uint8Array.of(1)]])).toBe('tertiary_bitmap in 65');
  expect(failureOf('0100', [[129, '1']])).toBe('unknown_field in 129');
  expect(failureOf('0100', [[1, '1']])).toBe('unknown_field in 1');
  expect(failureOf('1100', [])).toBe('version in 0');
  expect(failureOf('0900', [])).toBe('mti in 0');
  const long = Array.from({ length: 128 }, (_, field) => field).filter(
    (field) => field >= 105 && field <= 127,
  );
  expect(
    failureOf(
      '0100',
      long.map((field) => [field, 'x'.repeat(999)]),
    ),
  ).toBe('written');
});

test('each packager writes what its host reads', () => {
  const pan = () => CardData.ofText('378282246310005');
  const track = () => CardData.ofText('4761739001010119=22122011143800000011');
  const message = (packager: Packager) =>
    toHex(encoded(packager, packager.version === '1993' ? '1100' : '0100', { 2: pan(), 35: track() }));
  const bitmap = '4000000020000000';
  expect(message(BCD_87)).toBe(`0100${bitmap}1503782822463100053704761739001010119D22122011143800000011`);
  expect(message(BCD_87_RIGHT)).toBe(
    `0100${bitmap}153782822463100050374761739001010119D221220111438000000110`,
  );
  expect(message(BCD_93)).toBe(`1100${bitmap}15378282246310005F374761739001010119D22122011143800000011F`);
  expect(message(BCD_87_EBCDIC)).toBe(
    `0100${bitmap}0F03782822463100052504761739001010119D22122011143800000011`,
  );
  expect(message(EBCDIC_87).startsWith(`F0F1F0F0${bitmap}F1F5F3F7F8F2F8F2`)).toBe(true);
  expect(message(ASCII_93).startsWith(toHex(bytes(`1100${bitmap}15378282246310005`)))).toBe(true);
  expect(toHex(encoded(BCD_87, '0100', { 28: 'D00000150', 48: 'AB' }))).toBe(
    '01000000001000010000440000015000024142',
  );
});

test('data of a chip is counted in bytes, or in characters where a host counts those', () => {
  const icc = () => CardData.take(fromHex('9F2608A1B2C3D4E5F601029C0100'));
  expect(new TextDecoder().decode(encoded(ASCII_87_CHIP, '0100', { 55: icc() }))).toBe(
    '010000000000000002000149F2608A1B2C3D4E5F601029C0100',
  );
  expect(toHex(encoded(BCD_87, '0100', { 55: icc() }))).toBe(
    '0100000000000000020000149F2608A1B2C3D4E5F601029C0100',
  );
  const byCharacters: Packager = {
    ...ASCII_87_CHIP,
    codes: { ...ASCII_87_CHIP.codes, lengthOfHex: 'characters' },
  };
  const raw = '010000000000000002000289F2608A1B2C3D4E5F601029C0100';
  expect(new TextDecoder().decode(encoded(byCharacters, '0100', { 55: icc() }))).toBe(raw);
  expect(refused(byCharacters, bytes(raw))).toBe('parsed');
  expect(refused(byCharacters, bytes(raw.replace('0289F', '0279F')))).toBe('length in 55');
});

test('data of a chip is TLV on both ways', () => {
  const field = iccDataOf([{ tag: '9F36', value: fromHex('0102') }]);
  const value =
    field && useIccData(field, (result) => result.ok && toHex(result.objects[0]?.value ?? new Uint8Array()));
  expect(value).toBe('0102');
  expect(useIccData(CardData.take(fromHex('9F36')), (result) => result.ok)).toBe(false);
  expect(iccDataOf([{ tag: '90', value: new Uint8Array(252) }])?.length).toBe(255);
  expect(iccDataOf([{ tag: '90', value: new Uint8Array(253) }])).toBeUndefined();
});

test('a log sees what a message is about, and no data of the card or of a host of its own', () => {
  const secrets = {
    2: CardData.ofText('4761739001010119'),
    35: CardData.ofText('4761739001010119=22122011143800000011'),
    45: CardData.ofText('B4761739001010119^A/B^2212201'),
    52: CardData.take(fromHex('1B9C1845EB993A7A')),
    55: CardData.take(fromHex('5A084761739001010119')),
  };
  const raw = encoded(ASCII_87_CHIP, '0100', {
    ...secrets,
    4: '000000001250',
    14: '2212',
    48: 'PAN 4761739001010119',
  });
  const message = parsed(ASCII_87_CHIP, raw);
  const described = describeMessage(ASCII_87_CHIP, message);
  expect(described).toEqual({
    mti: '0100 authorisation request from the acquirer',
    2: 'primary account number: [card data, 16]',
    4: 'amount, transaction: 000000001250',
    14: 'date, expiration: [hidden, 4]',
    35: 'track 2 data: [card data, 37]',
    45: 'track 1 data: [card data, 29]',
    48: 'additional data, private: [hidden, 20]',
    52: 'PIN data: [card data, 8]',
    55: 'integrated circuit card data: [card data, 10]',
  });
  for (const field of [2, 35, 45, 52, 55]) expect(inspect(message.fields.get(field))).toBe('[card data]');
  wipeMessage(message);
  expect([2, 35, 45, 52, 55].map((field) => message.fields.get(field))).toSatisfy((values: CardData[]) =>
    values.every((value) => value.isWiped),
  );
});
