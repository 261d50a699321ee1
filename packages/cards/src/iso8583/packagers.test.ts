import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CardData } from '../card-data.ts';
import { encodeMessage, type FieldValue, type Iso8583Message, parseMessage } from './message.ts';
import type { FieldFormat, FieldSpec, Packager } from './packager-types.ts';
import { PACKAGERS } from './packagers.ts';
import { plain } from './testing-messages.ts';

const DIGITS = '0123456789';
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz ';
const PRINTABLE = String.fromCharCode(...Array.from({ length: 95 }, (_, index) => 0x20 + index));
const CHARACTERS = {
  a: LETTERS,
  an: LETTERS + DIGITS,
  ans: PRINTABLE,
  n: DIGITS,
  z: `${DIGITS}=`,
} satisfies Record<Exclude<FieldFormat, 'b' | 'xn'>, string>;
const TYPES = [
  '100',
  '110',
  '120',
  '130',
  '200',
  '210',
  '220',
  '230',
  '400',
  '420',
  '421',
  '430',
  '800',
  '820',
];

/** Long fields have tests of their own; here they keep the runs short. */
const VARIABLE_MAX = 24;

test('every name is there once', () => {
  expect(new Set(PACKAGERS.map(({ name }) => name)).size).toBe(PACKAGERS.length);
});

test.each(PACKAGERS)('$name gives back every message', (packager) => {
  fc.assert(
    fc.property(messagesOf(packager), (message) => {
      const first = encoded(packager, message);
      const read = parseMessage(packager, first);
      expect(read.ok && plain(read.message)).toEqual(plain(message));
      expect(read.ok && encoded(packager, read.message)).toEqual(first);
    }),
    { numRuns: 60 },
  );
});

test.each(PACKAGERS)('$name refuses every truncation, and a byte too many', (packager) => {
  fc.assert(
    fc.property(messagesOf(packager), (message) => {
      const whole = encoded(packager, message);
      for (let length = 0; length < whole.length; length += 1) {
        expect(parseMessage(packager, whole.subarray(0, length)).ok).toBe(false);
      }
      expect(parseMessage(packager, Uint8Array.of(...whole, 0x30)).ok).toBe(false);
    }),
    { numRuns: 10 },
  );
});

test.each(PACKAGERS)(
  '$name reads and writes every field at its longest and, where it may, empty',
  (packager) => {
    const mti = packager.version === '1993' ? '1100' : '0100';
    for (const [field, spec] of Object.entries(packager.fields)) {
      const lengths = spec.size.kind === 'fixed' ? [spec.size.length] : [0, 1, spec.size.max];
      for (const length of lengths) {
        const message = { mti, fields: new Map([[Number(field), sample(spec, length)]]) };
        const read = parseMessage(packager, encoded(packager, message));
        expect(read.ok && plain(read.message), `field ${field}`).toEqual(plain(message));
      }
      const tooLong = new Map([[Number(field), sample(spec, Math.max(...lengths) + 1)]]);
      const refused = encodeMessage(packager, { mti, fields: tooLong });
      expect(refused).toEqual({ ok: false, reason: 'length', field: Number(field) });
    }
  },
);

function encoded(packager: Packager, message: Iso8583Message): Uint8Array {
  const result = encodeMessage(packager, message);
  if (!result.ok) throw new Error(`field ${result.field}: ${result.reason}`);
  return result.bytes;
}

/** Messages of a packager with up to 16 of its fields. */
function messagesOf(packager: Packager): fc.Arbitrary<Iso8583Message> {
  const version = ['1987', '1993', '2003'].indexOf(packager.version);
  const numbers = fc.uniqueArray(fc.constantFrom(...Object.keys(packager.fields).map(Number)), {
    maxLength: 16,
  });
  return fc.tuple(fc.constantFrom(...TYPES), numbers).chain(([type, chosen]) => {
    const values = chosen.map((field) => fc.tuple(fc.constant(field), valueOfField(packager.fields[field])));
    return fc.tuple(...values).map((entries) => ({ mti: `${version}${type}`, fields: new Map(entries) }));
  });
}

function valueOfField(spec: FieldSpec | undefined): fc.Arbitrary<FieldValue> {
  if (!spec) return fc.constant('');
  const minLength = spec.size.kind === 'fixed' ? spec.size.length : 0;
  const maxLength = spec.size.kind === 'fixed' ? spec.size.length : Math.min(spec.size.max, VARIABLE_MAX);
  if (spec.format === 'b') {
    return fc.uint8Array({ minLength, maxLength }).map((value) => held(spec, value));
  }
  if (spec.format === 'xn') {
    return fc
      .tuple(fc.constantFrom('C', 'D'), textOfUnits(DIGITS, minLength - 1, maxLength - 1))
      .map(([sign, digits]) => sign + digits);
  }
  return textOfUnits(CHARACTERS[spec.format], minLength, maxLength).map((value) => held(spec, value));
}

function textOfUnits(units: string, minLength: number, maxLength: number): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...units), minLength, maxLength });
}

function sample(spec: FieldSpec, length: number): FieldValue {
  if (spec.format === 'b') return held(spec, new Uint8Array(length).fill(0xa5));
  if (spec.format === 'xn') return `C${'7'.repeat(length - 1)}`;
  return held(spec, (spec.format === 'a' ? 'Q' : '7').repeat(length));
}

function held(spec: FieldSpec, value: string | Uint8Array): FieldValue {
  if (spec.visibility !== 'secret') return value;
  return typeof value === 'string' ? CardData.ofText(value) : CardData.copyOf(value);
}
