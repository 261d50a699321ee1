/**
 * Reads tokens into syntax by recursive descent. What binds least is read first:
 * `?:`, `or`, `and`, `not`, comparisons, `+ -`, `* / %`, `! -`, then `.x`, `[x]` and `(x)`.
 */
import { LIMITS, must } from '@holdfast/base';
import { readDecimal } from './decimal.ts';
import { Refusal } from './refusal.ts';
import type { ArithmeticOperator, CompareOperator, Literal, Syntax } from './syntax.ts';
import { type Token, tokensOf } from './tokens.ts';

/** Where reading stands. */
type Reader = { tokens: readonly Token[]; next: number; depth: number };

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);
const CONSTANTS: ReadonlyMap<string, Literal> = new Map([
  ['true', { type: 'boolean', value: true }],
  ['True', { type: 'boolean', value: true }],
  ['false', { type: 'boolean', value: false }],
  ['False', { type: 'boolean', value: false }],
  ['null', { type: 'null' }],
  ['None', { type: 'null' }],
]);
const WORDS: ReadonlySet<string> = new Set(['and', 'or', 'not', 'in']);

/** The syntax of a source. Throws {@link Refusal}; recursion is bounded by `LIMITS.expressionDepthMax`. */
export function parse(source: string): Syntax {
  if (source.length > LIMITS.expressionCharsMax) {
    const limit = LIMITS.expressionCharsMax;
    throw new Refusal('too_long', `An expression has at most ${limit} characters.`, limit);
  }
  const reader: Reader = { tokens: tokensOf(source), next: 0, depth: 0 };
  const syntax = readChoice(reader);
  const rest = peek(reader);
  if (rest.kind !== 'end') throw unexpected(rest, 'an operator or the end');
  return syntax;
}

function readChoice(reader: Reader): Syntax {
  return nested(reader, () => {
    const condition = readOr(reader);
    const mark = peek(reader).at;
    if (!take(reader, '?')) return condition;
    const yes = readChoice(reader);
    expect(reader, ':');
    const no = readChoice(reader);
    return { kind: 'choice', condition, yes, no, at: condition.at, end: no.end, mark };
  });
}

function readOr(reader: Reader): Syntax {
  return readParts(reader, { kind: 'or', words: ['or', '||'], readPart: readAnd });
}

function readAnd(reader: Reader): Syntax {
  return readParts(reader, { kind: 'and', words: ['and', '&&'], readPart: readNot });
}

function readParts(
  reader: Reader,
  it: { kind: 'and' | 'or'; words: readonly string[]; readPart: (reader: Reader) => Syntax },
): Syntax {
  const first = it.readPart(reader);
  const parts = [first];
  const mark = peek(reader).at;
  while (it.words.some((word) => take(reader, word))) parts.push(it.readPart(reader));
  if (parts.length === 1) return first;
  return { kind: it.kind, parts, at: first.at, end: must(parts.at(-1), 'a part was read').end, mark };
}

function readNot(reader: Reader): Syntax {
  const { at } = peek(reader);
  if (!take(reader, 'not')) return readComparison(reader);
  const operand = nested(reader, () => readNot(reader));
  return { kind: 'not', operand, at, end: operand.end, mark: at };
}

/** One comparison: `a < b < c` and `a == b == c` mean different things to different people, so they are refused. */
function readComparison(reader: Reader): Syntax {
  const left = readSum(reader);
  const mark = peek(reader).at;
  const compared = readComparedWith(reader, left);
  if (compared === undefined) return left;
  const next = peek(reader);
  if (isComparison(next)) {
    throw new Refusal('syntax', 'Compare two values at a time; join comparisons with "and".', next.at);
  }
  return { ...compared, at: left.at, end: compared.right.end, mark };
}

type Compared =
  | { kind: 'compare'; operator: CompareOperator; left: Syntax; right: Syntax }
  | { kind: 'in'; isNegated: boolean; left: Syntax; right: Syntax };

function readComparedWith(reader: Reader, left: Syntax): Compared | undefined {
  const token = peek(reader);
  if (token.kind === 'operator' && COMPARISONS.has(token.text)) {
    reader.next += 1;
    // The set holds what the type lists.
    const operator = token.text as CompareOperator;
    return { kind: 'compare', operator, left, right: readSum(reader) };
  }
  const isNegated = take(reader, 'not');
  if (isNegated) expect(reader, 'in');
  else if (!take(reader, 'in')) return undefined;
  return { kind: 'in', isNegated, left, right: readSum(reader) };
}

function isComparison({ kind, text }: Token): boolean {
  if (kind === 'operator') return COMPARISONS.has(text);
  return kind === 'name' && (text === 'in' || text === 'not');
}

function readSum(reader: Reader): Syntax {
  return readChain(reader, { operators: ['+', '-'], readPart: readProduct });
}

function readProduct(reader: Reader): Syntax {
  return readChain(reader, { operators: ['*', '/', '%'], readPart: readPrefixed });
}

function readChain(
  reader: Reader,
  it: { operators: readonly ArithmeticOperator[]; readPart: (reader: Reader) => Syntax },
): Syntax {
  let left = it.readPart(reader);
  for (;;) {
    const mark = peek(reader).at;
    const operator = it.operators.find((one) => take(reader, one));
    if (operator === undefined) return left;
    const right = it.readPart(reader);
    left = { kind: 'arithmetic', operator, left, right, at: left.at, end: right.end, mark };
  }
}

function readPrefixed(reader: Reader): Syntax {
  const { at } = peek(reader);
  const isNot = take(reader, '!');
  if (!isNot && !take(reader, '-')) return readPostfixed(reader);
  const operand = nested(reader, () => readPrefixed(reader));
  const negative = isNot ? undefined : negativeOf(operand);
  const span = { at, end: operand.end, mark: at };
  if (negative !== undefined) return { kind: 'literal', literal: negative, ...span };
  return { kind: isNot ? 'not' : 'negate', operand, ...span };
}

function negativeOf(operand: Syntax): Literal | undefined {
  if (operand.kind !== 'literal') return undefined;
  const { literal } = operand;
  if (literal.type === 'integer') return { type: 'integer', value: 0 - literal.value };
  if (literal.type !== 'decimal') return undefined;
  return { type: 'decimal', value: { units: -literal.value.units, scale: literal.value.scale } };
}

function readPostfixed(reader: Reader): Syntax {
  let value = readPrimary(reader);
  for (;;) {
    if (take(reader, '.')) value = readMember(reader, value);
    else if (take(reader, '[')) value = readIndex(reader, value);
    else return value;
  }
}

function readMember(reader: Reader, owner: Syntax): Syntax {
  const token = peek(reader);
  if (token.kind !== 'name') throw unexpected(token, 'a name after the dot');
  reader.next += 1;
  const span = { at: owner.at, mark: token.at };
  if (!take(reader, '(')) return { kind: 'member', owner, name: token.text, end: token.end, ...span };
  const { items, end } = readItems(reader, ')');
  return { kind: 'call', name: token.text, args: [owner, ...items], end, ...span };
}

function readIndex(reader: Reader, owner: Syntax): Syntax {
  const index = readChoice(reader);
  const { end } = expect(reader, ']');
  return { kind: 'index', owner, index, at: owner.at, end, mark: index.at };
}

function readPrimary(reader: Reader): Syntax {
  const token = peek(reader);
  reader.next += 1;
  const span = { at: token.at, end: token.end, mark: token.at };
  if (token.kind === 'string')
    return { kind: 'literal', literal: { type: 'string', value: token.text }, ...span };
  if (token.kind === 'number') return { kind: 'literal', literal: numberOf(token), ...span };
  if (token.kind === 'name') return readNamed(reader, token);
  if (token.kind === 'operator' && token.text === '(') {
    const inner = readChoice(reader);
    const { end } = expect(reader, ')');
    return { ...inner, at: token.at, end };
  }
  if (token.kind === 'operator' && token.text === '[') {
    const { items, end } = readItems(reader, ']');
    return { kind: 'list', items, ...span, end };
  }
  throw unexpected(token, 'a value');
}

function readNamed(reader: Reader, token: Token): Syntax {
  const span = { at: token.at, end: token.end, mark: token.at };
  const literal = CONSTANTS.get(token.text);
  if (literal !== undefined) return { kind: 'literal', literal, ...span };
  if (token.text === 'not') throw new Refusal('syntax', 'Put "not …" in parentheses here.', token.at);
  if (WORDS.has(token.text)) throw unexpected(token, 'a value');
  if (!take(reader, '(')) return { kind: 'name', name: token.text, ...span };
  const { items, end } = readItems(reader, ')');
  return { kind: 'call', name: token.text, args: items, ...span, end };
}

function readItems(reader: Reader, close: ')' | ']'): { items: Syntax[]; end: number } {
  const items: Syntax[] = [];
  const empty = peek(reader);
  if (take(reader, close)) return { items, end: empty.end };
  do items.push(readChoice(reader));
  while (take(reader, ','));
  return { items, end: expect(reader, close).end };
}

function numberOf({ text, at }: Token): Literal {
  if (!text.includes('.')) {
    const value = Number(text);
    if (Number.isSafeInteger(value)) return { type: 'integer', value };
    throw new Refusal('out_of_range', `Whole numbers go up to ${Number.MAX_SAFE_INTEGER}.`, at);
  }
  const value = readDecimal(text);
  if (typeof value !== 'string') return { type: 'decimal', value };
  throw new Refusal('out_of_range', 'A decimal has at most 38 digits.', at);
}

function nested<T>(reader: Reader, read: () => T): T {
  reader.depth += 1;
  if (reader.depth > LIMITS.expressionDepthMax) {
    const message = `Parts of an expression nest at most ${LIMITS.expressionDepthMax} deep.`;
    throw new Refusal('too_deep', message, peek(reader).at);
  }
  const value = read();
  reader.depth -= 1;
  return value;
}

function peek(reader: Reader): Token {
  const last = must(reader.tokens.at(-1), 'the end is a token');
  return reader.tokens[reader.next] ?? last;
}

/** Steps over an operator or a word, if it is the next token. */
function take(reader: Reader, text: string): boolean {
  const token = peek(reader);
  if (token.text !== text || (token.kind !== 'operator' && token.kind !== 'name')) return false;
  reader.next += 1;
  return true;
}

function expect(reader: Reader, text: string): Token {
  const token = peek(reader);
  if (!take(reader, text)) throw unexpected(token, `"${text}"`);
  return token;
}

function unexpected(token: Token, wanted: string): Refusal {
  const found = token.kind === 'end' ? 'the end' : JSON.stringify(token.text.slice(0, 24));
  return new Refusal('syntax', `Here stands ${found}; write ${wanted}.`, token.at);
}
