/**
 * Sets one key of a TOML text and leaves everything else as the operator wrote it: order, comments, blank lines.
 * What comes out is read again and compared; a file written in a way this simple editing does not follow is refused,
 * never damaged.
 */
import { isDeepStrictEqual } from 'node:util';
import { AppError } from '@holdfast/base';
import { parse, stringify } from 'smol-toml';

export type TomlValue = string | number | boolean | readonly string[];

/** `text` with the dotted `key` set to `value`. Throws AppError `config_invalid` where that needs a person. */
export function setTomlValue(text: string, key: string, value: TomlValue): string {
  const before = parseToml(text);
  const edited = edit(text.split('\n'), key, renderValue(value)).join('\n');
  const expected = structuredClone(before);
  assign(expected, key.split('.'), value);
  if (!isDeepStrictEqual(tryParse(edited), expected)) {
    throw new AppError(
      'config_invalid',
      `The file is written in a way that '${key}' cannot be set in; edit it by hand.`,
    );
  }
  return edited;
}

/** The value of a dotted key; undefined where it is not set. Throws AppError `config_invalid` for what is no TOML. */
export function getTomlValue(text: string, key: string): unknown {
  let value: unknown = parseToml(text);
  for (const part of key.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = Object.entries(value).find(([name]) => name === part)?.[1];
  }
  return value;
}

/** A value as it stands behind the equals sign. */
export function renderValue(value: TomlValue): string {
  return stringify({ v: value }).trim().replace(/^v = /, '');
}

function edit(lines: string[], key: string, value: string): string[] {
  const parts = key.split('.');
  const set = findAssignment(lines, parts);
  if (set !== undefined)
    return lines.toSpliced(set.from, set.to - set.from, `${set.name} = ${value}${set.comment}`);
  const table = parts.slice(0, -1).join('.');
  const line = `${parts.at(-1)} = ${value}`;
  const section = sectionOf(lines, table);
  if (section === undefined) {
    const trimmed = lines.join('\n').trimEnd();
    return [...(trimmed === '' ? [] : [trimmed, '']), `[${table}]`, line, ''];
  }
  const remark = lines.findIndex(
    (each, index) =>
      index >= section.from && index < section.to && new RegExp(`^\\s*#\\s*${parts.at(-1)}\\s*=`).test(each),
  );
  if (remark >= 0) return lines.toSpliced(remark, 1, line);
  let at = section.to;
  while (at > section.from && (lines[at - 1] ?? '').trim() === '') at -= 1;
  return lines.toSpliced(at, 0, line);
}

type Assignment = { from: number; to: number; name: string; comment: string };

/** Where a key is set, under any split of it into table and name. */
function findAssignment(lines: string[], parts: string[]): Assignment | undefined {
  let table = '';
  for (const [index, line] of lines.entries()) {
    table = tableOf(line) ?? table;
    const name = /^\s*([A-Za-z0-9_."' -]+?)\s*=/.exec(line)?.[1];
    if (name === undefined) continue;
    const full = [...(table === '' ? [] : [table]), unquote(name)].join('.');
    if (full === parts.join('.')) return extent(lines, index, name);
  }
  return undefined;
}

/** A value may run over several lines: it ends where it first reads as TOML. */
function extent(lines: string[], from: number, name: string): Assignment {
  let to = from + 1;
  while (to < lines.length && tryParse(lines.slice(from, to).join('\n')) === undefined) to += 1;
  const last = lines[to - 1] ?? '';
  return { from, to, name, comment: to === from + 1 ? trailingComment(last) : '' };
}

/** The comment behind a value of one line, with the space before it. */
function trailingComment(line: string): string {
  const whole = tryParse(line);
  for (let at = line.indexOf('#'); at >= 0; at = line.indexOf('#', at + 1)) {
    const value = line.slice(0, at);
    if (isDeepStrictEqual(tryParse(value), whole)) return `${/\s*$/.exec(value)?.[0] ?? ''}${line.slice(at)}`;
  }
  return '';
}

/** The lines of a table: behind its heading, up to the next one. The table '' is the top of the file. */
function sectionOf(lines: string[], table: string): { from: number; to: number } | undefined {
  const heading = lines.findIndex((line) => tableOf(line) === table);
  if (heading < 0 && table !== '') return undefined;
  const from = heading + 1;
  const next = lines.findIndex((line, index) => index >= from && tableOf(line) !== undefined);
  return { from, to: next < 0 ? lines.length : next };
}

function tableOf(line: string): string | undefined {
  const name = /^\s*\[([^[\]]+)\]\s*(#.*)?$/.exec(line)?.[1];
  return name === undefined ? undefined : unquote(name.trim());
}

function unquote(key: string): string {
  return key.replaceAll(/["']/g, '').replaceAll(/\s*\.\s*/g, '.');
}

function assign(target: Record<string, unknown>, parts: string[], value: TomlValue): void {
  const [first = '', ...rest] = parts;
  if (rest.length === 0) {
    target[first] = value;
    return;
  }
  const inner = target[first];
  const table: Record<string, unknown> = isTable(inner) ? inner : {};
  target[first] = table;
  assign(table, rest, value);
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseToml(text: string): Record<string, unknown> {
  try {
    return plain(parse(text));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n', 1)[0] : 'it is not TOML';
    throw new AppError('config_invalid', `The configuration file cannot be read: ${reason}`, { cause });
  }
}

function tryParse(text: string): Record<string, unknown> | undefined {
  try {
    return plain(parse(text));
  } catch {
    return undefined; // Asked of pieces of a file; that a piece is no TOML is an answer.
  }
}

/** The parser's tables have no prototype, which a strict comparison would see. */
function plain(table: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(table).map(([name, value]) => [
      name,
      isTable(value) && !(value instanceof Date) ? plain(value) : value,
    ]),
  );
}
