/**
 * Ambient state: time, randomness, timers, environment and console come through ports, except in the files that
 * `adapters.ts` names. Suites and the folders around the product are exempt, but for `Math.random`: unseeded
 * randomness makes a failure that cannot be repeated.
 */
import { ADAPTERS, type Adapter, type Ambient } from '../adapters.ts';
import { type AstNode, type CodeFile, memberOf, nameOf, type Place, walk } from '../code.ts';
import type { Repo } from '../repo.ts';
import { type Finding, isAround } from '../source.ts';
import { referencesOf } from './references.ts';

type Use = { ambient: Ambient; what: string; line: number };

const MEMBERS: ReadonlyMap<string, Ambient> = new Map([
  ['Date.now', 'clock'],
  ['performance.now', 'clock'],
  ['process.hrtime', 'clock'],
  ['Math.random', 'random'],
  ['crypto.randomUUID', 'random'],
  ['crypto.getRandomValues', 'random'],
  ['process.env', 'environment'],
]);

const GLOBALS: ReadonlyMap<string, Ambient> = new Map([
  ['setTimeout', 'timer'],
  ['setInterval', 'timer'],
  ['setImmediate', 'timer'],
  ['console', 'console'],
]);

const WINDOWS = new Set(['window', 'globalThis', 'self', 'global']);

const IMPORTS: ReadonlyMap<string, Ambient> = new Map([
  ['node:crypto randomUUID', 'random'],
  ['node:crypto randomBytes', 'random'],
  ['node:crypto randomInt', 'random'],
  ['node:crypto randomFillSync', 'random'],
  ['node:crypto randomFill', 'random'],
  ['node:crypto webcrypto', 'random'],
  ['node:perf_hooks performance', 'clock'],
  ['node:process env', 'environment'],
]);

/** Findings about ambient state outside `adapters`, and about rows of `adapters` that nothing needs. */
export function checkAmbient(repo: Repo, adapters: Readonly<Record<string, Adapter>> = ADAPTERS): Finding[] {
  const uses = new Map(repo.code.map((file) => [file.path, usesOf(file)]));
  return [
    ...[...uses].flatMap(([path, found]) => found.flatMap((use) => checkUse({ path, use, adapters }))),
    ...Object.entries(adapters).flatMap(([path, adapter]) =>
      checkRow({ path, adapter, found: uses.get(path) }),
    ),
  ];
}

function checkUse(it: { path: string; use: Use; adapters: Readonly<Record<string, Adapter>> }): Finding[] {
  const { path, use, adapters } = it;
  const isSeeded = isAround(path) && use.what !== 'Math.random';
  if (isSeeded || adapters[path]?.uses.includes(use.ambient) === true) return [];
  const message = `${use.what} outside an adapter: take a port as an argument`;
  return [{ path, line: use.line, rule: 'ambient', message }];
}

function checkRow(it: { path: string; adapter: Adapter; found: Use[] | undefined }): Finding[] {
  const { path, adapter, found } = it;
  return adapter.uses
    .filter((ambient) => found?.some((use) => use.ambient === ambient) !== true)
    .map((ambient) => {
      const message = `the row of ${path} allows ${ambient}, which it does not use`;
      return { path: 'tools/src/adapters.ts', line: 1, rule: 'ambient', message };
    });
}

function usesOf(file: CodeFile): Use[] {
  const found: Use[] = [];
  const add = (ambient: Ambient, what: string, line: number) => found.push({ ambient, what, line });
  walk(file.program, (node, place) => {
    const line = file.lineAt(node.start);
    const what = readMember(node) ?? readGlobal(node, place);
    const ambient = what === undefined ? undefined : (MEMBERS.get(what) ?? GLOBALS.get(what));
    if (what !== undefined && ambient !== undefined) add(ambient, what, line);
    if (isBareDate(node)) add('clock', 'new Date()', line);
  });
  for (const { specifier, names, line } of referencesOf(file)) {
    if (/^node:timers/.test(specifier)) add('timer', specifier, line);
    for (const name of names) {
      const ambient = IMPORTS.get(`${specifier} ${name}`);
      if (ambient !== undefined) add(ambient, `${name} of ${specifier}`, line);
    }
  }
  return found;
}

/** `Date.now` of that expression, `setTimeout` of `window.setTimeout`. */
function readMember(node: AstNode): string | undefined {
  if (node.type !== 'MemberExpression') return undefined;
  const owner = nameOf(node.object);
  const member = memberOf(node);
  if (owner === undefined || member === undefined) return undefined;
  return WINDOWS.has(owner) ? member : `${owner}.${member}`;
}

/** The name of an identifier that stands for a value: not a member, a key, a parameter's type or an import. */
function readGlobal(node: AstNode, { parent, member }: Place): string | undefined {
  const name = nameOf(node);
  if (name === undefined || parent === undefined) return undefined;
  if (member === 'property' && parent.type === 'MemberExpression' && parent.computed !== true)
    return undefined;
  if (member === 'key' && parent.computed !== true) return undefined;
  return parent.type.startsWith('TS') || parent.type === 'ImportSpecifier' ? undefined : name;
}

function isBareDate(node: AstNode): boolean {
  const isEmpty = Array.isArray(node.arguments) && node.arguments.length === 0;
  return node.type === 'NewExpression' && nameOf(node.callee) === 'Date' && isEmpty;
}
