/** The rules of the house, over the house. What each rule finds is tested beside the rule. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CODES } from '@holdfast/base';
import { describe, expect, it } from 'vitest';
import { checkErrorsPage, ERRORS_PAGE } from './errors-page.ts';
import { LAYERS } from './layers.ts';
import { PAGES } from './pages.ts';
import { repoOf } from './repo.ts';
import { checkAmbient } from './rules/ambient.ts';
import { checkImports } from './rules/imports.ts';
import { checkSizes } from './rules/sizes.ts';
import { checkSql } from './rules/sql.ts';
import { checkSyntax } from './rules/syntax.ts';
import { checkWords } from './rules/words.ts';
import { checkWorkspaces } from './rules/workspaces.ts';
import { formatFindings } from './source.ts';
import { ROOT, readTree } from './tree.ts';

const repo = repoOf(readTree(ROOT));

describe('the repository', () => {
  it('is read as a whole', () => {
    expect(repo.workspaces.map(({ name }) => name).sort()).toEqual(Object.keys(LAYERS).sort());
    expect(repo.code.length).toBeGreaterThan(100);
  });

  it.each([
    ['imports lower layers only, by name, as declared', checkImports],
    ['builds every workspace after its dependencies', checkWorkspaces],
    ['keeps files and functions short', checkSizes],
    ['takes time, randomness and timers as arguments', (it) => checkAmbient(it)],
    ['asks no database for the time or for randomness', checkSql],
    ['does without syntax that hides things', checkSyntax],
    ['speaks of itself alone', checkWords],
  ] satisfies [string, typeof checkImports][])('%s', (_, check) => {
    expect(formatFindings(check(repo))).toEqual([]);
  });

  it('explains every error code, and no other', () => {
    const page = readFileSync(join(ROOT, ERRORS_PAGE), 'utf8');
    expect(formatFindings(checkErrorsPage(CODES, page))).toEqual([]);
  });

  it.each(PAGES)('has the page $path as generated', ({ path, render }) => {
    expect(readFileSync(join(ROOT, path), 'utf8'), 'npm run docs:generate').toBe(render());
  });
});
