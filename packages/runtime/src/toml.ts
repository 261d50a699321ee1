/** The configuration file: TOML, with errors that say where. */
import { AppError } from '@holdfast/base';
import { parse, TomlError } from 'smol-toml';
import { nearest } from './nearest.ts';

/** Values by dotted key. */
export type TomlValues = ReadonlyMap<string, unknown>;

/**
 * The values of a file by dotted key. Throws AppError `config_invalid` with line and column for a syntax error, and
 * with the line and the nearest known key for a key that is not in `known`.
 */
export function readToml(file: { path: string; text: string }, known: readonly string[]): TomlValues {
  const values = new Map<string, unknown>();
  collect(parseFile(file), '', values, known);
  for (const key of values.keys()) {
    if (known.includes(key)) continue;
    const line = lineOf(file.text, key);
    const near = nearest(key, known);
    throw new AppError(
      'config_invalid',
      `Unknown option '${key}' in ${file.path}${line === undefined ? '' : `, line ${line}`}` +
        `${near === undefined ? '.' : `; is '${near}' meant?`}`,
    );
  }
  return values;
}

function parseFile(file: { path: string; text: string }): Record<string, unknown> {
  try {
    return parse(file.text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [reason = 'it is not TOML'] = error.message.replace(/^Invalid TOML document: /, '').split('\n', 1);
    throw new AppError(
      'config_invalid',
      `${file.path}, line ${error.line}, column ${error.column}: ${reason}.`,
      {
        cause: error,
      },
    );
  }
}

/** Walks tables until a known key or a value; a known key may hold a whole table. */
function collect(
  table: Record<string, unknown>,
  prefix: string,
  values: Map<string, unknown>,
  known: readonly string[],
): void {
  for (const [name, value] of Object.entries(table)) {
    const key = `${prefix}${name}`;
    if (isTable(value) && !known.includes(key)) collect(value, `${key}.`, values, known);
    else values.set(key, value);
  }
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** The line on which a dotted key is set; undefined for spellings this simple reading does not follow. */
function lineOf(text: string, key: string): number | undefined {
  let table = '';
  for (const [index, line] of text.split('\n').entries()) {
    const header = /^\s*\[+\s*([^\]]+?)\s*\]+/.exec(line)?.[1];
    if (header !== undefined) table = `${unquote(header)}.`;
    const name = /^\s*([^=#[]+?)\s*=/.exec(line)?.[1];
    if (
      name !== undefined &&
      (key === `${table}${unquote(name)}` || key.startsWith(`${table}${unquote(name)}.`))
    ) {
      return index + 1;
    }
  }
  return undefined;
}

function unquote(key: string): string {
  return key.replaceAll(/["']/g, '').replaceAll(/\s*\.\s*/g, '.');
}
