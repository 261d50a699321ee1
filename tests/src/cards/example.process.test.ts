/** The example of `@holdfast/cards` runs, and shows nothing that must not be shown. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const EXAMPLE = join(import.meta.dirname, 'example.ts');

it('reads a chip, a track and a PIN', () => {
  const told = execFileSync(process.execPath, [EXAMPLE], { encoding: 'utf8' });
  expect(told.split('\n')).toEqual([
    '9F02 Amount, Authorised (Numeric): 000000002450',
    '5F2A Transaction Currency Code: 0752',
    '5A Application Primary Account Number (PAN): not shown',
    expect.stringMatching(/^9F0206 alone: .*value_truncated/),
    expect.stringMatching(/^number: \[card data\], service code: 101, expiry: /),
    'brand: visa',
    'the PIN has 4 digits',
    '',
  ]);
  expect(told).not.toMatch(/4111|1234/);
});
