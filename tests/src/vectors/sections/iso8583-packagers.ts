/**
 * The packagers that are tried for a message whose vector does not say how it is packed: those of the product, and the codes
 * that hosts mix otherwise. A message must then be read and written again to the last byte by one of them.
 */
import {
  ASCII_87,
  ASCII_87_BINARY,
  ASCII_87_CHIP,
  ASCII_93,
  BCD_87,
  BCD_87_EBCDIC,
  BCD_87_RIGHT,
  BCD_93,
  type Codes,
  EBCDIC_87,
  PACKAGERS,
  type Packager,
} from '@holdfast/cards';

/** The lists of the project's own files. */
const OWN: Readonly<Record<string, readonly Packager[]>> = {
  ascii1987: [ASCII_87, ASCII_87_CHIP],
  binaryBitmap0110: [ASCII_87_BINARY],
  ebcdicBcd0810: [BCD_87_EBCDIC],
};

/** Parts of another list's name, in lower case, and the packagers that they mean, the likeliest first. */
const NAMED: readonly [name: RegExp, packagers: readonly Packager[]][] = [
  [/ebcdic.*bcd|bcd.*ebcdic/, [BCD_87_EBCDIC]],
  [/ascii.*binary|binary.?bitmap/, [ASCII_87_BINARY]],
  [/ascii/, [ASCII_87, ASCII_87_CHIP, ASCII_93]],
  [/bcd/, [BCD_87, BCD_87_RIGHT, BCD_87_EBCDIC, BCD_93]],
  [/ebcdic/, [EBCDIC_87, BCD_87_EBCDIC]],
];

const TEXTS = ['ascii', 'ebcdic-1047', 'ebcdic-037'] as const satisfies readonly Codes['text'][];
const DIGITS = ['bcd-left', 'bcd-right-zero', 'bcd-right-f'] as const satisfies readonly Codes['digits'][];
const BITMAPS = ['binary', 'hex-ascii', 'hex-ebcdic-1047'] as const satisfies readonly Codes['bitmap'][];

const MIXED: readonly Packager[] = [...mixedPackagers()];

/** By the name that a vector gives under `packager`, or of the list that it stands in. */
export function packagersFor({ packager, list }: { packager?: string; list: string }): Packager[] {
  const named = PACKAGERS.filter(({ name }) => name === packager);
  if (named.length > 0) return named;
  const own = packager === undefined ? OWN[list] : undefined;
  if (own !== undefined) return [...own];
  const meant = NAMED.find(([pattern]) => pattern.test((packager ?? list).toLowerCase()))?.[1] ?? [];
  return [...new Set([...meant, ...PACKAGERS, ...MIXED])];
}

/** Each text with each way to write digits, lengths and bitmaps that goes with it. */
function* mixedPackagers(): Generator<Packager> {
  for (const base of [ASCII_87_CHIP, ASCII_87, ASCII_93]) {
    for (const text of TEXTS) {
      for (const digits of [text, ...DIGITS]) {
        for (const bitmap of BITMAPS) yield* withLengths(base, { text, digits, bitmap });
      }
    }
  }
}

function* withLengths(
  base: Packager,
  { text, digits, bitmap }: { text: Codes['text']; digits: Codes['digits']; bitmap: Codes['bitmap'] },
): Generator<Packager> {
  const fixedDigits: Codes['digits'] = digits.startsWith('bcd') ? 'bcd-left' : text;
  const bytes = ['binary', text === 'ascii' ? 'hex-ascii' : 'hex-ebcdic-1047'] as const;
  for (const lengths of [text, 'bcd-left', 'binary'] as const) {
    for (const form of bytes) {
      const codes = { bitmap, lengths, digits: fixedDigits, text, bytes: form };
      for (const mti of [fixedDigits, text]) {
        const all: Codes = { ...base.codes, ...codes, mti, variableDigits: digits, tracks: digits };
        yield { ...base, name: 'mixed', codes: all };
      }
    }
  }
}
