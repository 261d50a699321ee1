/** The project's vector files hold, and a changed digit in them does not. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Outcome, readVectors, runVectors } from './run-vectors.ts';
import { SECTIONS } from './sections.ts';

const FOLDER = join(import.meta.dirname, '../../../docs/vectors/payments');
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
const PATIENCE_MS = 300_000;
const folder = mkdtempSync(join(tmpdir(), 'holdfast-vectors-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function outcomesOf(sections: ReadonlyMap<string, unknown>): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for await (const outcome of runVectors(sections)) outcomes.push(outcome);
  return outcomes;
}

async function holds(section: string, value: unknown): Promise<boolean> {
  return (await outcomesOf(new Map([[section, value]]))).every(({ ok }) => ok);
}

it.each(FILES)('%s holds', async (file) => {
  const outcomes = await outcomesOf(readVectors(join(FOLDER, file)));
  expect(outcomes.filter(({ ok }) => !ok)).toEqual([]);
  expect(outcomes.length).toBeGreaterThan(0);
});

it('has a file for every section', () => {
  const held = FILES.flatMap((file) => [...readVectors(join(FOLDER, file)).keys()]);
  expect([...new Set(held)].toSorted()).toEqual([...SECTIONS.keys()].sort());
});

/**
 * What goes in and need not decide what comes out, digit by digit: amounts and counters between two limits, digits of a
 * number that a PIN block or a key leaves out, names of rules that are alike, what is refused, and remarks.
 */
const INPUTS =
  /^(?:data|amount|floor|log|lower|upper|lastOnline|pan|raw|alt|transactionDate|version|note|source|name|why|rules|fail|invalid|reject\w*|hex|rawHex|_.*)$/;

/**
 * Texts that are only read and written again, fillers that are drawn, cryptograms and counters that a key is derived from,
 * the drawn half of a PIN field that no enciphered block was made of, the time at which a receipt was begun, which its
 * signature leaves out, the byte that the derivation of a session key sets, and the bits of a private key that X25519 clears
 * (RFC 7748 5). By place, and in characters from the first to the one after the last.
 */
const FREE: readonly [at: RegExp, first: number, end: number][] = [
  [/^rksv\.publishedMachineCode$|^pinBlocks\.format[13]\w*\.\d+\.block$/, 0, Number.POSITIVE_INFINITY],
  [/^terminalRiskManagement\.cases\.\d+\.atc$/, 0, Number.POSITIVE_INFINITY],
  [/^cryptogram\.\w+\.\d+\.r$/, 4, 6],
  [/^cryptogram\.script\w+\.\d+\.(?:arqc|atc)$/, 0, Number.POSITIVE_INFINITY],
  [/^dukptAes256\.pinfield$/, 16, Number.POSITIVE_INFINITY],
  [/^tse\.qr$/, 75, 99],
  [/^modernCrypto\.(?:hpke\.skRm|x25519\.sk)$/, 1, 2],
];

type Path = readonly (string | number)[];

/** Each value that says what must come out, with the part of its section that it needs. */
function expectedValues(value: unknown, path: Path = []): Path[] {
  if (path.some((name) => typeof name === 'string' && INPUTS.test(name))) return [];
  if (typeof value === 'string' || typeof value === 'number') return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    expectedValues(member, [...path, Array.isArray(value) ? Number(name) : name]),
  );
}

/** The section with only this element of the list that the path goes through, so that a run is short. */
function reduced(section: object, path: Path): { section: unknown; path: Path } {
  const isInList = typeof path[1] === 'number' && path.length > 2;
  const entries = Object.entries(structuredClone(section)).map(([name, member]) => {
    if (!Array.isArray(member) || typeof member[0] === 'string') return [name, member];
    if (name !== path[0]) return [name, isInList ? [] : member.slice(0, 1)];
    return [name, [member[Number(path[1])]]];
  });
  return {
    section: Object.fromEntries(entries),
    path: isInList ? [path[0] ?? '', 0, ...path.slice(2)] : path,
  };
}

/** Every text that differs in one digit; in hexadecimal digits the letters are digits too. Without digits, a longer text. */
function* changes(value: string | number, isFree: (index: number) => boolean): Generator<string | number> {
  if (typeof value === 'number') {
    if (!isFree(0)) yield value + 1;
    return;
  }
  const isHex = /^[0-9A-Fa-f]*$/.test(value);
  if (!isHex && !/\d/.test(value)) yield `${value}x`;
  for (const [index, character] of Array.from(value).entries()) {
    if (isFree(index) || !(isHex ? /[0-9A-Fa-f]/ : /\d/).test(character)) continue;
    const isDecimal = /^\d*$/.test(value);
    const digit = ((Number.parseInt(character, 16) + 1) % (isDecimal || !isHex ? 10 : 16)).toString(16);
    yield value.slice(0, index) + digit.toUpperCase() + value.slice(index + 1);
  }
}

function withValue(section: unknown, path: Path, value: string | number): unknown {
  const copy: unknown = structuredClone(section);
  const [last, ...way] = path.toReversed();
  let at = copy;
  for (const name of way.toReversed()) at = memberOf(at, name);
  if (typeof at === 'object' && at !== null && last !== undefined) Reflect.set(at, last, value);
  return copy;
}

function memberOf(value: unknown, name: string | number): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

describe('a changed digit', () => {
  it.each(FILES)(
    'in %s is noticed',
    async (file) => {
      let tried = 0;
      for (const [name, section] of readVectors(join(FOLDER, file))) {
        if (typeof section !== 'object' || section === null) throw new Error('a section is an object');
        for (const path of expectedValues(section)) {
          const small = reduced(section, path);
          const value = small.path.reduce(memberOf, small.section);
          if (typeof value !== 'string' && typeof value !== 'number')
            throw new Error('a value is at its path');
          const place = [name, ...path].join('.');
          const [, first = 0, end = 0] = FREE.find(([at]) => at.test(place)) ?? [];
          for (const changed of changes(value, (index) => index >= first && index < end)) {
            tried += 1;
            const isNoticed = !(await holds(name, withValue(small.section, small.path, changed)));
            if (!isNoticed) expect.fail(`${place}: ${changed} is not noticed`);
          }
        }
      }
      expect(tried).toBeGreaterThan(0);
    },
    PATIENCE_MS,
  );
});

describe('a file', () => {
  const write = (text: string): string => {
    const path = join(folder, 'vectors.json');
    writeFileSync(path, text);
    return path;
  };

  it.each([
    ['{', 'is not JSON'],
    ['[]', 'holds no sections'],
    ['{"_about": "x"}', 'holds no sections'],
    ['{"luhn": {"valid": []}, "lunh": {}}', 'sections that are not known: "lunh"'],
    ['{"version": 1, "luhn": {"valid": []}, "group": {}}', 'sections that are not known: "group"'],
  ])('%s is refused', (text, message) => {
    expect(() => readVectors(write(text))).toThrow(message);
  });

  it('that is not there is refused', () => {
    expect(() => readVectors(join(folder, 'none.json'))).toThrow('cannot be read');
  });

  it.each([
    ['a section that is no object', { luhn: 1 }],
    ['a section without cases', { luhn: { source: 'x' } }],
    ['a value that nothing is compared with', { luhn: { valid: ['79927398713'], extra: 1 } }],
    [
      'a case with such a value',
      { cvmList: { cases: [{ hex: '000186A0000003E81E03', x: 1, y: 1, rules: [], z: 1 }] } },
    ],
    ['a value of another kind', { luhn: { valid: [true] } }],
  ])('with %s does not hold', async (_, sections) => {
    const outcomes = await outcomesOf(readVectors(write(JSON.stringify(sections))));
    expect(outcomes.some(({ ok }) => !ok)).toBe(true);
  });
});
