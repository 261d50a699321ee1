/** Exports that are sound, and each of them with one thing wrong: the file, and the first wrong place in it. */
import type { ExportRecord, FindingCode } from '@holdfast/verify';
import { createLives, edgeRecords, hubRecords } from './export-records.ts';
import type { World } from './world.ts';

/** A line of `exports.json`. `script`: whether the example finds it as well; it does not read everything. */
export type ExportVector = {
  file: string;
  what: string;
  first_wrong: { line: number; code: FindingCode } | null;
  script: boolean;
};

type Damage = {
  name: string;
  what: string;
  /** Of the first wrong record, from 1. */
  line: number;
  code: FindingCode;
  script?: false;
  change: (lines: string[]) => string[];
};

/** Replaces a text of one line, from 1. */
const inLine =
  (line: number, from: string | RegExp, to: string) =>
  (lines: string[]): string[] =>
    lines.map((text, index) => (index === line - 1 ? text.replace(from, to) : text));

const EDGE: readonly Damage[] = [
  {
    name: 'header',
    what: 'a header was changed',
    line: 5,
    code: 'chain',
    change: inLine(5, '\\"staff_id\\":\\"astrid', '\\"staff_id\\":\\"astrie'),
  },
  {
    name: 'body',
    what: 'a body was changed',
    line: 6,
    code: 'body_hash',
    change: inLine(6, 'Espresso', 'Espressa'),
  },
  {
    name: 'hash',
    what: 'a hash was changed',
    line: 8,
    code: 'chain',
    change: inLine(8, /"hash":"./, '"hash":"-'),
  },
  {
    name: 'signature',
    what: 'a signature was changed',
    line: 9,
    code: 'seal',
    change: inLine(9, /"signature":"./, '"signature":"-'),
  },
  {
    name: 'seal-gone',
    what: 'the last seal is gone',
    line: 10,
    code: 'unsealed',
    change: inLine(9, /"seal":\{.*?\},"tr/, '"seal":null,"tr'),
  },
  {
    name: 'entry-gone',
    what: 'an entry is gone, and the end does not count it',
    line: 9,
    code: 'marks',
    change: (lines) => lines.toSpliced(8, 1).with(-1, '{"record":"end","records":8}'),
  },
  {
    name: 'key',
    what: 'the key is another one',
    line: 3,
    code: 'key',
    change: inLine(3, /"public_key":"../, '"public_key":"AA'),
  },
  {
    name: 'amount',
    what: 'an amount was changed',
    line: 5,
    code: 'transaction',
    change: inLine(5, '"amount_minor":"6400"', '"amount_minor":"6300"'),
  },
  {
    name: 'receipt-code',
    what: 'a receipt code was changed',
    line: 8,
    code: 'receipt_code',
    change: inLine(8, /"receipt_code":"./, '"receipt_code":"I'),
  },
  {
    name: 'row-gone',
    what: 'a transaction is gone',
    line: 9,
    code: 'transaction',
    change: inLine(9, /"transaction":\{.*\}/, '"transaction":null}'),
  },
  {
    name: 'synced',
    what: 'a sale waits, and is said to be acked',
    line: 9,
    code: 'transaction',
    change: inLine(9, '"synced_at":null', '"synced_at":"2026-11-20T10:00:00.000Z"'),
  },
  {
    name: 'tip',
    what: 'the tip was changed',
    line: 10,
    code: 'marks',
    change: inLine(7, '"tip_seq":2', '"tip_seq":3'),
  },
  {
    name: 'cut',
    what: 'the file was cut',
    line: 9,
    code: 'truncated',
    change: (lines) => lines.slice(0, -1),
  },
];

const HUB: readonly Damage[] = [
  {
    name: 'header',
    what: 'a header was changed',
    line: 7,
    code: 'chain',
    change: inLine(7, '\\"staff_id\\":\\"astrid', '\\"staff_id\\":\\"astrie'),
  },
  {
    name: 'op-content',
    what: 'an operation has another content',
    line: 7,
    code: 'operation',
    change: inLine(7, /"body_hash":"./, '"body_hash":"-'),
  },
  {
    name: 'op-gone',
    what: 'an operation is gone',
    line: 7,
    code: 'booking',
    change: inLine(7, /"ops":\[.*?\]/, '"ops":[]'),
  },
  {
    name: 'unbooked',
    what: 'an operation is neither booked nor waits',
    line: 7,
    code: 'operation',
    change: inLine(7, /"booking_no":"1"(.*?)"bookings":.*\]/, '"booking_no":null$1"bookings":[]'),
  },
  {
    name: 'twice',
    what: 'a sale is booked twice',
    line: 8,
    code: 'booking',
    change: inLine(8, /"bookings":\[(.*)\]\}/, '"bookings":[$1,$1]}'),
  },
  {
    name: 'repeat-booked',
    what: 'a repeat is booked again',
    line: 11,
    code: 'operation',
    change: (lines) =>
      lines.with(10, `${lines[10]}`.replace(/"ops":.*/, `${/"ops":.*/.exec(`${lines[7]}`)}`)),
  },
  {
    name: 'posting',
    what: 'a posting was changed',
    line: 12,
    code: 'posting',
    change: inLine(12, '"amount_minor":"-6400"', '"amount_minor":"-6500"'),
  },
  {
    name: 'balanced',
    what: 'a tender was lowered and the postings still balance',
    line: 12,
    code: 'posting',
    change: (lines) =>
      inLine(
        12,
        '"amount_minor":"-6400"',
        '"amount_minor":"-6300"',
      )(inLine(12, '"amount_minor":"10000"', '"amount_minor":"9900"')(lines)),
  },
  {
    name: 'cashier',
    what: 'the cashier of a booking was changed',
    line: 8,
    code: 'booking',
    change: inLine(8, '"cashier_id":"bo"', '"cashier_id":"eo"'),
  },
  {
    name: 'orphan',
    what: 'a posting without a booking',
    line: 14,
    code: 'orphan',
    change: (lines) =>
      lines.toSpliced(
        -1,
        1,
        '{"record":"orphan","table":"posting","row":{}}',
        '{"record":"end","records":14}',
      ),
  },
  {
    name: 'segment',
    what: 'a segment was changed',
    line: 9,
    code: 'body_hash',
    script: false,
    change: inLine(9, 'Espresso', 'Espressa'),
  },
  {
    name: 'segment-gone',
    what: 'a segment of what is safe is gone',
    line: 13,
    code: 'archive_gap',
    script: false,
    change: (lines) => lines.toSpliced(12, 1).with(-1, '{"record":"end","records":12}'),
  },
  {
    name: 'received',
    what: 'a time of receipt was changed',
    line: 8,
    code: 'received_at',
    change: inLine(8, /"received_at":"2026-11-20T10:00/, '"received_at":"2026-11-20T10:01'),
  },
];

/** The files by name, and `exports.json`, which says what is wrong with each. */
export function exportVectors(world: World): Map<string, string> {
  const lives = createLives(world);
  const sets = [
    { source: 'edge', records: edgeRecords(world, lives), damages: EDGE },
    { source: 'hub', records: hubRecords(world, lives), damages: HUB },
  ];
  const files = new Map<string, string>();
  const list: ExportVector[] = [];
  const add = (vector: ExportVector, lines: readonly string[]) => {
    list.push(vector);
    files.set(vector.file, lines.map((text) => `${text}\n`).join(''));
  };
  for (const { source, records, damages } of sets) {
    const lines = linesOf(records);
    add({ file: `exports/${source}.ndjson`, what: 'sound', first_wrong: null, script: true }, lines);
    for (const { name, what, line, code, script = true, change } of damages) {
      const file = `exports/${source}-${name}.ndjson`;
      add({ file, what, first_wrong: { line, code }, script }, change(lines));
    }
  }
  files.set('exports.json', `${JSON.stringify(list, null, 2)}\n`);
  return files;
}

function linesOf(records: readonly ExportRecord[]): string[] {
  return records.map((record) => JSON.stringify(record));
}
