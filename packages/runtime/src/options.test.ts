import { isAppError } from '@holdfast/base';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { parseDotEnv } from './environment.ts';
import { defineOptions, describeOptions, loadOptions, type OptionSources } from './options.ts';

const table = defineOptions({
  port: {
    key: 'edge.port',
    env: 'EDGE_PORT',
    flag: '--port',
    schema: z.number().int().max(65535),
    default: 4100,
    describe: 'Port.',
  },
  hubUrl: {
    key: 'hub.url',
    env: 'HUB_URL',
    flag: '--hub-url',
    schema: z.url().optional(),
    describe: 'The | hub.',
  },
  lan: {
    key: 'edge.lan',
    env: 'EDGE_LAN',
    flag: '--lan',
    schema: z.boolean(),
    default: false,
    describe: 'LAN.',
  },
  origins: {
    key: 'edge.origins',
    env: 'ORIGINS',
    flag: '--origins',
    schema: z.array(z.string()),
    default: [],
    describe: 'Origins.',
  },
  token: {
    key: 'hub.token',
    env: 'HUB_TOKEN',
    flag: '--hub-token',
    schema: z.string().min(8).optional(),
    describe: 'Token.',
    secret: true,
  },
});

function load(sources: Partial<OptionSources> & { text?: string }) {
  const { text, ...rest } = sources;
  return loadOptions(table, {
    env: {},
    flags: {},
    ...(text === undefined ? {} : { file: { path: 'holdfast.toml', text } }),
    ...rest,
  });
}

function refusal(sources: Parameters<typeof load>[0]): string {
  try {
    load(sources);
  } catch (error) {
    if (isAppError(error, 'config_invalid')) return error.message;
    throw error;
  }
  throw new Error('nothing was refused');
}

test('flags win over the environment, that over the file, that over the default', () => {
  const text = '[edge]\nport = 3\nlan = true\n[hub]\nurl = "http://h"';
  const values = load({
    text,
    env: { EDGE_PORT: '2', EDGE_LAN: 'no', HUB_URL: '' },
    flags: { '--port': '1' },
  });
  expect(values).toEqual({ port: 1, hubUrl: 'http://h', lan: false, origins: [], token: undefined });
  expect(load({ text, env: { EDGE_PORT: '2' } }).port).toBe(2);
  expect(load({ text }).port satisfies number).toBe(3);
  expect(load({}).port).toBe(4100);
});

test('texts become what the schema wants', () => {
  const values = load({ env: { ORIGINS: 'a, b,', EDGE_LAN: 'YES' }, flags: { port: '9' } });
  expect(values).toMatchObject({ port: 9, lan: true, origins: ['a', 'b'] });
});

test('each refusal names the option and the source', () => {
  expect(refusal({ env: { EDGE_PORT: 'x' } })).toBe(
    "Option 'edge.port' from the environment variable EDGE_PORT is not valid: a number is expected.",
  );
  expect(refusal({ flags: { '--port': '70000' } })).toMatch(
    /^Option 'edge.port' from the flag --port is not valid: /,
  );
  expect(refusal({ text: 'edge.port = "3"' })).toMatch(
    /^Option 'edge.port' from holdfast.toml is not valid: /,
  );
  expect(refusal({ flags: { '--prot': '1' } })).toBe('Unknown flag --prot; is --port meant?');
  expect(refusal({ env: { HUB_TOKEN: 'short' } })).not.toContain('short');
});

test('an option without value or default must be set', () => {
  const must = defineOptions({ a: { key: 'a', env: 'A', flag: '--a', schema: z.string(), describe: 'A.' } });
  expect(() => loadOptions(must, { env: {}, flags: {} })).toThrow(/Option 'a' is not set: use --a, A or/);
});

test('unknown keys and broken files say where', () => {
  expect(refusal({ text: '# c\n[hub]\nulr = "x"' })).toBe(
    "Unknown option 'hub.ulr' in holdfast.toml, line 3; is 'hub.url' meant?",
  );
  expect(refusal({ text: 'zzzzzzzzzzzz = 1' })).toBe(
    "Unknown option 'zzzzzzzzzzzz' in holdfast.toml, line 1.",
  );
  expect(refusal({ text: '[edge]\nport = = 3' })).toMatch(/^holdfast.toml, line 2, column 8: /);
});

test('the reference table has a row each and no secrets', () => {
  const markdown = describeOptions(table);
  expect(markdown.split('\n')).toHaveLength(8);
  expect(markdown).toContain('| `edge.port` | `EDGE_PORT` | `--port` | `4100` | Port. |');
  expect(markdown).toContain('The \\| hub.');
});

test('.env files are read as Node reads them', () => {
  expect(parseDotEnv('# c\nA=1\nB="two words"\n')).toEqual({ A: '1', B: 'two words' });
});
