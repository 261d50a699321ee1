/**
 * Collects what a file refers to: imports and exports, dynamic imports, import types, `import.meta.resolve` and its older
 * form `createRequire(…).resolve`, URLs.
 */
import { type AstNode, type CodeFile, isNode, memberOf, nameOf, textOf, walk } from '../code.ts';

/** `url` is a file found by `new URL(…, import.meta.url)`: not a module, so it needs no extension rule. */
export type Reference = { kind: 'module' | 'url'; specifier: string; names: string[]; line: number };

const MODULE_NODES = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
]);

/** Every reference with a literal specifier, in order. */
export function referencesOf(file: CodeFile): Reference[] {
  const found: Reference[] = [];
  walk(file.program, (node) => {
    const reference = readModule(node) ?? readResolve(node) ?? readUrl(node);
    if (reference !== undefined) found.push({ ...reference, line: file.lineAt(node.start) });
  });
  return found;
}

function readModule(node: AstNode): Omit<Reference, 'line'> | undefined {
  if (!MODULE_NODES.has(node.type)) return undefined;
  const specifier = textOf(node.source);
  return specifier === undefined ? undefined : { kind: 'module', specifier, names: importedNames(node) };
}

function readResolve(node: AstNode): Omit<Reference, 'line'> | undefined {
  if (node.type !== 'CallExpression' || !isNode(node.callee, 'MemberExpression')) return undefined;
  const { object } = node.callee;
  const isRequire = isNode(object, 'CallExpression') && nameOf(object.callee) === 'createRequire';
  if (memberOf(node.callee) !== 'resolve' || !(isRequire || isNode(object, 'MetaProperty'))) return undefined;
  const specifier = textOf(Array.isArray(node.arguments) ? node.arguments[0] : undefined);
  return specifier === undefined ? undefined : { kind: 'url', specifier, names: [] };
}

function readUrl(node: AstNode): Omit<Reference, 'line'> | undefined {
  if (node.type !== 'NewExpression' || nameOf(node.callee) !== 'URL' || !Array.isArray(node.arguments))
    return undefined;
  const [path, base] = node.arguments;
  const specifier = textOf(path);
  const isHere = isNode(base, 'MemberExpression') && isNode(base.object, 'MetaProperty');
  return specifier === undefined || !isHere ? undefined : { kind: 'url', specifier, names: [] };
}

function importedNames(node: AstNode): string[] {
  if (!Array.isArray(node.specifiers)) return [];
  return node.specifiers
    .map((specifier: unknown) => (isNode(specifier) ? nameOf(specifier.imported) : undefined))
    .filter((name) => name !== undefined);
}
