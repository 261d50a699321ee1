import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { edited } from './checkout.ts';
import { MUTANTS } from './mutants.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

describe('the mutants', () => {
  it('are at least 25, each with a name of its own', () => {
    expect(MUTANTS.length).toBeGreaterThanOrEqual(25);
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
  });

  it.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))('%s fits the code', (name, mutant) => {
    for (const edit of [mutant, ...(mutant.also ? [mutant.also] : [])]) {
      const path = join(ROOT, edit.file);
      expect(existsSync(path)).toBe(true);
      const text = readFileSync(path, 'utf8');
      expect(edited(text, { ...edit, name })).not.toBe(text);
    }
  });
});
