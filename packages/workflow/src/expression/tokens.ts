/** Cuts the source of an expression into tokens. Each character is looked at once. */
import { Refusal } from './refusal.ts';

/** `text` is as written, but for a string: there it is what it stands for. */
export type Token = {
  kind: 'number' | 'string' | 'name' | 'operator' | 'end';
  text: string;
  at: number;
  end: number;
};

const LONG_OPERATORS = new Set(['&&', '||', '==', '!=', '<=', '>=']);
const OPERATORS = new Set('<>!+-*/%?:.,()[]');
const HINTS: ReadonlyMap<string, string> = new Map([
  ['=', 'Compare with "==".'],
  ['&', 'Write "and" or "&&".'],
  ['|', 'Write "or" or "||".'],
  ['{', 'There are no maps in expressions.'],
]);
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['b', '\b'],
  ['f', '\f'],
]);
const UNICODE_DIGITS: ReadonlyMap<string, number> = new Map([
  ['u', 4],
  ['U', 8],
]);

/** The tokens of a source, the last of kind `end`. Throws {@link Refusal}. */
export function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    while (at < source.length && ' \t\r\n'.includes(source.charAt(at))) at += 1;
    if (at >= source.length) break;
    const token = tokenAt(source, at);
    tokens.push(token);
    at = token.end;
  }
  tokens.push({ kind: 'end', text: '', at, end: at });
  return tokens;
}

/** Whether a character may be part of a name. */
function isNameCharacter(character: string): boolean {
  return /^[A-Za-z0-9_]$/.test(character);
}

function isDigit(character: string): boolean {
  return character >= '0' && character <= '9';
}

function tokenAt(source: string, at: number): Token {
  const first = source.charAt(at);
  if (first === '"' || first === "'") return stringAt(source, at);
  if (isDigit(first)) return numberAt(source, at);
  if (isNameCharacter(first)) {
    const end = afterName(source, at);
    return { kind: 'name', text: source.slice(at, end), at, end };
  }
  const two = source.slice(at, at + 2);
  const text = LONG_OPERATORS.has(two) ? two : first;
  if (text.length === 1 && !OPERATORS.has(text)) {
    const shown = JSON.stringify(String.fromCodePoint(source.codePointAt(at) ?? 0));
    throw new Refusal('syntax', HINTS.get(text) ?? `${shown} is not part of the language.`, at);
  }
  return { kind: 'operator', text, at, end: at + text.length };
}

function afterName(source: string, at: number): number {
  let end = at;
  while (end < source.length && isNameCharacter(source.charAt(end))) end += 1;
  return end;
}

function numberAt(source: string, at: number): Token {
  let end = afterName(source, at);
  if (source.charAt(end) === '.' && isDigit(source.charAt(end + 1))) end = afterName(source, end + 1);
  const text = source.slice(at, end);
  if (!/^(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/.test(text)) {
    throw new Refusal('syntax', `Write a number such as 50 or 50.00, not ${shorten(text)}.`, at);
  }
  return { kind: 'number', text, at, end };
}

function stringAt(source: string, at: number): Token {
  const quote = source.charAt(at);
  let text = '';
  let next = at + 1;
  for (;;) {
    const character = source.charAt(next);
    if (character === '' || character === '\n' || character === '\r') {
      throw new Refusal('syntax', `Close the string with ${quote} on the same line.`, at);
    }
    if (character === quote) return { kind: 'string', text, at, end: next + 1 };
    const escaped = character === '\\' ? escapeAt(source, next) : { text: character, end: next + 1 };
    text += escaped.text;
    next = escaped.end;
  }
}

function escapeAt(source: string, at: number): { text: string; end: number } {
  const letter = source.charAt(at + 1);
  const plain = ESCAPES.get(letter);
  if (plain !== undefined) return { text: plain, end: at + 2 };
  const digits = UNICODE_DIGITS.get(letter) ?? 0;
  const end = at + 2 + digits;
  const hex = source.slice(at + 2, end);
  const point = /^[0-9a-fA-F]+$/.test(hex) && hex.length === digits ? Number.parseInt(hex, 16) : Number.NaN;
  const isSurrogate = point >= 0xd800 && point <= 0xdfff;
  if (!(point <= 0x10ffff) || isSurrogate) {
    const known = 'Write \\\\ \\" \\\' \\n \\r \\t \\b \\f, or \\u with 4 or \\U with 8 hexadecimal digits';
    throw new Refusal('syntax', `${known}, not ${shorten(source.slice(at, at + 2))}.`, at);
  }
  return { text: String.fromCodePoint(point), end };
}

function shorten(text: string): string {
  return JSON.stringify(text.length > 24 ? `${text.slice(0, 24)}…` : text);
}
