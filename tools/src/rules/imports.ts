/**
 * Imports: only lower layers, only what the manifest declares, only by package name across packages, with `.ts`
 * extensions and the `node:` prefix.
 */
import { builtinModules } from 'node:module';
import { LAYERS } from '../layers.ts';
import { inside, type Repo, type Workspace, workspaceAt } from '../repo.ts';
import { type Finding, isAround } from '../source.ts';
import { type Reference, referencesOf } from './references.ts';

const EXTENSION = /\.(tsx?|css|json|svg|woff2)(\?[\w&=]+)?$/;
const BUILTIN = new Set(builtinModules);

type Import = { repo: Repo; path: string; from: Workspace; reference: Reference };

/** Findings about every import of the repository. */
export function checkImports(repo: Repo): Finding[] {
  return repo.code.flatMap((file) => {
    const from = workspaceAt(repo, file.path);
    return referencesOf(file).flatMap((reference) => {
      const message = checkReference({ repo, path: file.path, from, reference });
      return message === undefined
        ? []
        : [
            {
              path: file.path,
              line: reference.line,
              rule: 'import',
              message: `"${reference.specifier}" ${message}`,
            },
          ];
    });
  });
}

function checkReference(it: Import): string | undefined {
  const { specifier } = it.reference;
  if (specifier.startsWith('.')) return checkRelative(it);
  if (specifier.startsWith('node:') || specifier.startsWith('virtual:')) return undefined;
  if (it.reference.kind === 'url' && !/^@?[a-z]/.test(specifier)) return undefined;
  if (BUILTIN.has(specifier)) return 'lacks the node: prefix';
  return checkPackage(it, packageOf(specifier));
}

function checkRelative({ repo, path, reference }: Import): string | undefined {
  const folder = path.split('/').slice(0, -1).join('/');
  const target = inside(folder, reference.specifier);
  if (reference.kind === 'url') return undefined;
  const from = workspaceAt(repo, path);
  if (workspaceAt(repo, `${target}/`) !== from) return 'leaves its package: import the other by its name';
  return EXTENSION.test(reference.specifier) ? undefined : 'lacks the extension .ts';
}

function checkPackage({ repo, path, from, reference }: Import, name: string): string | undefined {
  if (name === from.name) return 'is the package itself: import its file';
  const target = repo.workspaces.find((workspace) => workspace.name === name);
  const message = target === undefined ? undefined : checkWorkspace({ from, target, reference });
  return message ?? (isDeclared({ repo, path, from, name }) ? undefined : declaredWhere(path, from));
}

function checkWorkspace(it: {
  from: Workspace;
  target: Workspace;
  reference: Reference;
}): string | undefined {
  const { from, target, reference } = it;
  const own = LAYERS[from.name];
  const other = LAYERS[target.name];
  if (target.folder.startsWith('apps/')) return 'is an app: nothing imports an app';
  if (own === undefined || other === undefined)
    return 'has no row in tools/src/layers.ts, on one side or both';
  if (other >= own) return `is of layer ${other}, and ${from.name} of layer ${own} imports lower ones only`;
  const subpath = `.${reference.specifier.slice(target.name.length)}`;
  return target.exports.has(subpath) ? undefined : 'reaches into a package: import what its index exports';
}

function isDeclared(it: { repo: Repo; path: string; from: Workspace; name: string }): boolean {
  const { repo, path, from, name } = it;
  if (from.dependencies.has(name)) return true;
  return isAround(path) && (from.devDependencies.has(name) || repo.root.devDependencies.has(name));
}

function declaredWhere(path: string, from: Workspace): string {
  const list = isAround(path) ? 'dependencies or devDependencies' : 'dependencies';
  return `is not among the ${list} of ${from.folder === '' ? '' : `${from.folder}/`}package.json`;
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
