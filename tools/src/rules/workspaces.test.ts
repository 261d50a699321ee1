import { expect, it } from 'vitest';
import { lines, planted } from './planted.ts';
import { checkWorkspaces } from './workspaces.ts';

it('accepts references that are the dependencies', () => {
  expect(checkWorkspaces(planted({}))).toEqual([]);
});

it('finds a reference that is lacking, and one too many', () => {
  const repo = planted({ 'packages/money/tsconfig.json': '{"references":[{"path":"../crypto"}]}' });
  expect(lines(checkWorkspaces(repo))).toEqual([
    'packages/money/tsconfig.json:1 lacks the reference packages/base, a dependency',
    'packages/money/tsconfig.json:1 refers to packages/crypto, which is not a dependency',
  ]);
});

it('finds a workspace without a layer, without a reference to it, without a tsconfig.json', () => {
  const repo = planted({ 'packages/extra/package.json': '{"name":"@holdfast/extra"}' });
  expect(lines(checkWorkspaces(repo))).toEqual([
    'packages/extra/package.json:1 has no row in tools/src/layers.ts',
    'packages/extra/tsconfig.json:1 is not among the references of /tsconfig.json',
    'packages/extra/package.json:1 has no tsconfig.json',
  ]);
});
