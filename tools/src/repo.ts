/** The repository as the rules see it: files, syntax trees and workspaces, made of texts alone. */
import { type CodeFile, parseCode } from './code.ts';
import { isCode, type SourceFile } from './source.ts';

/** A folder with a `package.json`. The root of the repository is one of them, with the folder ''. */
export type Workspace = {
  folder: string;
  name: string;
  dependencies: ReadonlySet<string>;
  devDependencies: ReadonlySet<string>;
  /** Keys of `exports`, such as `.` and `./tokens.css`. */
  exports: ReadonlySet<string>;
  /** Folders that its `tsconfig.json` refers to, relative to the root; undefined without a `tsconfig.json`. */
  references: ReadonlySet<string> | undefined;
};

export type Repo = {
  files: readonly SourceFile[];
  code: readonly CodeFile[];
  root: Workspace;
  /** Without the root. */
  workspaces: readonly Workspace[];
};

type Json = { readonly [key: string]: unknown };

/** Reads the manifests and parses the sources among `files`. */
export function repoOf(files: readonly SourceFile[]): Repo {
  const all = files
    .filter(({ path }) => path === 'package.json' || path.endsWith('/package.json'))
    .map((file) => workspaceOf(file, files));
  return {
    files,
    code: files.filter(({ path }) => isCode(path)).map(parseCode),
    root: all.find(({ folder }) => folder === '') ?? emptyWorkspace(''),
    workspaces: all.filter(({ folder }) => folder !== ''),
  };
}

/** The workspace that holds `path`; the root if no other does. */
export function workspaceAt(repo: Repo, path: string): Workspace {
  return repo.workspaces.find(({ folder }) => path.startsWith(`${folder}/`)) ?? repo.root;
}

function workspaceOf(file: SourceFile, files: readonly SourceFile[]): Workspace {
  const folder = file.path.replace(/\/?package\.json$/, '');
  const manifest = objectOf(JSON.parse(file.text));
  const config = files.find(({ path }) => path === inside(folder, 'tsconfig.json'));
  return {
    folder,
    name: typeof manifest.name === 'string' ? manifest.name : folder,
    dependencies: new Set(Object.keys(objectOf(manifest.dependencies))),
    devDependencies: new Set(Object.keys(objectOf(manifest.devDependencies))),
    exports: new Set(Object.keys(objectOf(manifest.exports))),
    references: config === undefined ? undefined : referencesOf(config, folder),
  };
}

function referencesOf(config: SourceFile, folder: string): Set<string> {
  const { references } = objectOf(JSON.parse(config.text));
  if (!Array.isArray(references)) return new Set();
  const paths = references.map((reference: unknown) => objectOf(reference).path);
  return new Set(paths.filter((path) => typeof path === 'string').map((path) => inside(folder, path)));
}

/** `path` seen from `folder`, as a path from the root. */
export function inside(folder: string, path: string): string {
  const parts: string[] = [];
  for (const part of `${folder}/${path}`.split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function emptyWorkspace(folder: string): Workspace {
  const none = new Set<string>();
  return {
    folder,
    name: folder,
    dependencies: none,
    devDependencies: none,
    exports: none,
    references: undefined,
  };
}
