import { isAppError } from '@holdfast/base';
import type { ArgsDef } from 'citty';
import { describe, expect, test } from 'vitest';
import { checkWords } from './check-words.ts';

const ARGS = {
  key: { type: 'positional', required: false },
  'store-id': { type: 'string', required: true },
  token: { type: 'string' },
  json: { type: 'boolean', alias: 'j' },
} satisfies ArgsDef;

function refusal(words: string[], args: ArgsDef = ARGS): string {
  try {
    checkWords(words, args);
    return '';
  } catch (error) {
    return isAppError(error, 'usage') ? error.message : `another error: ${error}`;
  }
}

describe('words that are understood', () => {
  test.each([
    [['--store-id', 'a']],
    [['--store-id=a', '--json', 'key']],
    [['--store-id', '-a', '-j', '--no-json']],
    [['--store-id', 'a', '--', '--key']],
  ])('%j', (words) => {
    expect(refusal(words)).toBe('');
  });
});

describe('words that are refused', () => {
  test.each([
    [['--stor-id', 'a'], 'Unknown flag --stor-id; is --store-id meant?'],
    [['--zzzzzzzz'], 'Unknown flag --zzzzzzzz.'],
    [['-x', '--store-id', 'a'], 'Unknown flag -x; is -j meant?'],
    [['--store-id'], 'The flag --store-id needs a value.'],
    [['--store-id', '--json'], 'The flag --store-id needs a value.'],
    [['--store-id='], 'The flag --store-id needs a value.'],
    [['--json=1', '--store-id', 'a'], 'The flag --json takes no value.'],
    [['a', 'b', '--store-id', 'c'], 'There are too many arguments.'],
    [['a'], 'The flag --store-id is missing.'],
  ])('%j', (words, message) => {
    expect(refusal(words)).toBe(message);
  });

  test('unless the last argument takes many', () => {
    const file = { type: 'positional', required: true, valueHint: 'FILE…' } as const;
    expect(refusal(['a', 'b', 'c'], { file })).toBe('');
    expect(refusal([], { file })).toBe('The argument FILE is missing.');
  });

  test('for a missing argument', () => {
    expect(refusal([], { key: { type: 'positional', required: true } })).toBe('The argument KEY is missing.');
    expect(refusal(['a'], {})).toBe('No arguments without a flag are expected.');
  });
});
