import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createVirtualPorts, must, systemPorts } from '@holdfast/base';
import { createWasm } from '@holdfast/plugins';
import { afterAll, describe, expect, it } from 'vitest';
import { ROOT } from '../tree.ts';
import { moduleFiles, WASM_FOLDER } from './modules.ts';

const said: string[] = [];
const folder = join(ROOT, WASM_FOLDER);
const wasm = createWasm({ folder, ports: systemPorts, onStderr: ({ text }) => said.push(text) });
const { 'loyalty-points': module } = JSON.parse(readFileSync(join(folder, 'modules.json'), 'utf8'));
afterAll(() => wasm.close());

async function points(input: Record<string, string | null>) {
  const result = await wasm.run({ module, entrypoint: 'execute', input, timeoutMs: 30_000 });
  return result.kind === 'ok' ? result.output : result.code;
}

it('builds the modules that are there, byte for byte, and no others are', async () => {
  const built = await moduleFiles();
  for (const [path, contents] of built)
    expect(readFileSync(join(ROOT, path)).equals(Buffer.from(contents)), `${path}: npm run build:wasm`).toBe(
      true,
    );
  const kept = readdirSync(folder).filter((name) => name.endsWith('.wasm'));
  expect(kept.map((name) => `${WASM_FOLDER}/${name}`)).toEqual(
    [...built.keys()].filter((it) => it.endsWith('.wasm')),
  );
});

it('is the module that the page of plug-ins has people try', () => {
  const page = readFileSync(join(ROOT, 'docs/plugins.md'), 'utf8');
  expect(page).toContain(`wasm_hash: "${module}"`);
});

describe('loyalty points', () => {
  it.each([
    ['125.50', 'SEK', 'gold', 18],
    ['125.50', 'SEK', null, 12],
    ['-125.50', 'SEK', 'standard', -12],
    ['-0.01', 'EUR', null, 0],
    ['7', 'EUR', 'silver', 8],
    ['0.99', 'USD', 'platinum', 1],
    ['1.5', 'GBP', null, 1],
    ['1999', 'JPY', null, 19],
    ['9999999999999.99', 'EUR', 'platinum', 19_999_999_999_999],
  ])('of %s %s for %s are %d', async (amount, currency, tier, expected) => {
    expect(await points({ amount, currency, tier })).toEqual({ points: expected });
  });

  it('are exact, whatever the amount', async () => {
    const seed = 11;
    const { random } = createVirtualPorts({ seed });
    const percents = { standard: 100n, silver: 125n, gold: 150n, platinum: 200n };
    for (let round = 0; round < 300; round += 1) {
      const minor = BigInt(Math.floor(random.unit() * 10 ** Math.floor(random.unit() * 16)));
      const [tier, percent] = must(
        Object.entries(percents)[Math.floor(random.unit() * 4)],
        'there are four tiers',
      );
      const amount = `${minor / 100n}.${`${minor % 100n}`.padStart(2, '0')}`;
      const expected = Number((minor * percent) / 100_000n);
      expect(await points({ amount, currency: 'SEK', tier }), `seed ${seed}, round ${round}`).toEqual({
        points: expected,
      });
    }
  });

  it.each([
    [{ currency: 'SEK' }, '"amount" is missing'],
    [{ amount: '1' }, '"currency" is missing'],
    [{ amount: '1', currency: 'XAU' }, 'there are no points in this currency'],
    [{ amount: '1', currency: 'SEK', tier: 'lead' }, '"tier" is none of standard, silver, gold and platinum'],
    [{ amount: '1.001', currency: 'SEK' }, '"amount" has more decimals than its currency'],
    [{ amount: '1.0', currency: 'JPY' }, '"amount" has more decimals than its currency'],
    [{ amount: '10000000000000', currency: 'SEK' }, '"amount" is too large'],
    [{ amount: '1'.repeat(40), currency: 'SEK' }, '"amount" is too large'],
    [{ amount: '', currency: 'SEK' }, '"amount" is not a decimal number'],
    [{ amount: '.5', currency: 'SEK' }, '"amount" is not a decimal number'],
    [{ amount: '5.', currency: 'SEK' }, '"amount" is not a decimal number'],
    [{ amount: '1,5', currency: 'SEK' }, '"amount" is not a decimal number'],
    [{ amount: '1.5.5', currency: 'SEK' }, '"amount" is not a decimal number'],
    [{ amount: '--1', currency: 'SEK' }, '"amount" is not a decimal number'],
    [{ amount: '"', currency: 'SEK' }, 'the input has a text that cannot be read'],
    [{ amount: '1', note: 'x'.repeat(4_096) }, 'the input is too large'],
  ])('of %j are refused', async (input: Record<string, string>, why) => {
    said.length = 0;
    expect(await points(input)).toBe('module_failed');
    expect(said).toEqual([`loyalty-points: ${why}\n`]);
  });
});
