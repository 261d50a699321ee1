/** A small repository for the suites of the rules: what they add to it is what they expect to be found. */
import { type Repo, repoOf } from '../repo.ts';
import type { Finding, SourceFile } from '../source.ts';

const MANIFESTS: Readonly<Record<string, unknown>> = {
  'package.json': { name: 'house', devDependencies: { vitest: '1' } },
  'packages/base/package.json': { name: '@holdfast/base', exports: { '.': './src/index.ts' } },
  'packages/money/package.json': {
    name: '@holdfast/money',
    exports: { '.': './src/index.ts' },
    dependencies: { '@holdfast/base': '*', zod: '4' },
    devDependencies: { 'fast-check': '4' },
  },
  'packages/crypto/package.json': { name: '@holdfast/crypto', exports: { '.': './src/index.ts' } },
  'apps/till/package.json': { name: '@holdfast/till' },
  'tsconfig.json': references('packages/base', 'packages/money', 'packages/crypto', 'apps/till'),
  'packages/base/tsconfig.json': references(),
  'packages/money/tsconfig.json': references('../base'),
  'packages/crypto/tsconfig.json': references(),
  'apps/till/tsconfig.json': references(),
};

/** The small repository with `files` added to it, or put in place of its own. */
export function planted(files: Readonly<Record<string, string>>): Repo {
  const own = Object.entries(MANIFESTS).map(([path, value]) => [path, JSON.stringify(value)] as const);
  const all = new Map([...own, ...Object.entries(files)]);
  return repoOf([...all].map(([path, text]): SourceFile => ({ path, text })));
}

/** What was found, shortest form: `path:line message`. */
export function lines(findings: readonly Finding[]): string[] {
  return findings.map(({ path, line, message }) => `${path}:${line} ${message}`);
}

function references(...paths: string[]): unknown {
  return { references: paths.map((path) => ({ path })) };
}
