import { isAppError } from '@holdfast/base';
import { parse } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { getTomlValue, renderValue, setTomlValue } from './edit-toml.ts';

const FILE = `# My store
title = "x" # not ours

[store]
id = "OLD"   # the till at the door
# currency = "SEK"

[hub] # where
url = 'http://127.0.0.1:4000'

[sync]
strategy = [
  "connectivity", # always
  "idle",
]
`;

describe('setting a value', () => {
  test('changes its line alone, and keeps the comment behind it', () => {
    const edited = setTomlValue(FILE, 'store.id', 'STHLM-001');
    expect(edited).toBe(FILE.replace('id = "OLD"   #', 'id = "STHLM-001"   #'));
  });

  test('takes the place of the remark that explains it', () => {
    expect(setTomlValue(FILE, 'store.currency', 'EUR')).toBe(
      FILE.replace('# currency = "SEK"', 'currency = "EUR"'),
    );
  });

  test('goes to the end of its table, or to a new one', () => {
    expect(setTomlValue(FILE, 'hub.claim_token', 't')).toContain('4000\'\nclaim_token = "t"\n\n[sync]');
    expect(setTomlValue(FILE, 'http.port', 4101)).toBe(`${FILE}\n[http]\nport = 4101\n`);
    expect(setTomlValue('', 'http.port', 1)).toBe('[http]\nport = 1\n');
    expect(setTomlValue('# only this\n', 'insecure_lan', true)).toContain('insecure_lan = true');
  });

  test('replaces a value that runs over several lines', () => {
    const edited = setTomlValue(FILE, 'sync.strategy', ['schedule']);
    expect(parse(edited)).toMatchObject({ sync: { strategy: ['schedule'] } });
    expect(edited).not.toContain('always');
  });

  test('finds a dotted key above the tables', () => {
    expect(setTomlValue('store.id = "a"\n', 'store.id', 'b')).toBe('store.id = "b"\n');
  });

  test('leaves a file alone that it cannot edit', () => {
    for (const text of ['store = { id = "a" }\n', 'not toml', '[store]\nid.x = 1\n']) {
      let code = '';
      try {
        setTomlValue(text, 'store.id', 'b');
      } catch (error) {
        code = isAppError(error) ? error.code : String(error);
      }
      expect(code).toBe('config_invalid');
    }
  });

  test('is read back, after any two changes, and changes no other', () => {
    const values = ['', 'a "quoted" # one', 7, true, ['x', 'y # z'], []];
    const keys = ['store.id', 'store.name', 'hub.url', 'new.table.key', 'sync.strategy', 'title'];
    const changes = keys.flatMap((key) => values.map((value) => ({ key, value })));
    for (const first of changes) {
      const once = setTomlValue(FILE, first.key, first.value);
      for (const second of changes) {
        const text = setTomlValue(once, second.key, second.value);
        expect(getTomlValue(text, second.key)).toEqual(second.value);
        if (first.key !== second.key) expect(getTomlValue(text, first.key)).toEqual(first.value);
        expect(text).toContain('# My store');
      }
    }
  });
});

test('a value that is not there is undefined', () => {
  expect(getTomlValue(FILE, 'store.none')).toBeUndefined();
  expect(getTomlValue(FILE, 'title.deeper')).toBeUndefined();
  expect(renderValue(['a', 'b'])).toBe('[ "a", "b" ]');
});
