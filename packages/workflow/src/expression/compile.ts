/**
 * From the source of an expression to closures over a scope. Everything that can be known of names and types is looked
 * at here, so that what is left for the evaluation are the faults of {@link EvaluationFault}.
 */
import { must } from '@holdfast/base';
import type { Field, Fields, FieldType, Json } from '../types.ts';
import { compileHas, compileIndex, compileMember, compileName, type Names } from './access.ts';
import { compileArithmetic, compileNegation } from './arithmetic.ts';
import { compileComparison, compileIn } from './comparison.ts';
import { decimalOfNumber } from './decimal.ts';
import type { EvaluationFault, Expression } from './expression.ts';
import { compileCall } from './functions.ts';
import { compileChoice, compileJunction, compileNot } from './logic.ts';
import { parse } from './parse.ts';
import { Refusal, type Refused } from './refusal.ts';
import type { Literal, Syntax } from './syntax.ts';
import { EMPTY_LIST, nameOf, type Type, unify } from './typing.ts';
import { decoder, encode, Fault, type Node, type Run, render, type Value } from './value.ts';

/** What an expression may name, and what its value must be. */
export type CompileInput = {
  /** Fields of `state`. */
  state: Fields;
  /** Names without `state.` in front: variables of the loops and branches around. */
  locals?: Fields;
  /** The type its value must have. An integer passes for a decimal, both for money, `json` for anything that it then is. */
  expect?: FieldType['type'];
};

export type Compiled = { ok: true; expression: Expression } | { ok: false; problem: Refused };

/** Compiles a source, or says what is wrong with it and at which offset. Never throws, whatever the source. */
export function compileExpression(source: string, input: CompileInput): Compiled {
  const { state, locals = {}, expect } = input;
  try {
    const built = build(parse(source), { source, names: { state, locals } });
    return {
      ok: true,
      expression: expressionOf(source, expect === undefined ? built : expected(built, expect)),
    };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, problem: error.refused };
    throw error;
  }
}

type Context = { source: string; names: Names };

function build(syntax: Syntax, context: Context): Node {
  const { at, end, mark } = syntax;
  const place = { text: context.source.slice(at, end), at };
  const child = (part: Syntax) => build(part, context);
  switch (syntax.kind) {
    case 'literal':
      return { ...literalOf(syntax.literal), ...place, path: undefined };
    case 'list':
      return compileList(syntax.items.map(child), place);
    case 'name':
      return compileName(syntax.name, context.names, place);
    case 'member':
      return compileMember(child(syntax.owner), syntax.name, { ...place, mark });
    case 'index':
      return compileIndex(child(syntax.owner), child(syntax.index), place);
    case 'call':
      return buildCall(syntax, context);
    case 'not':
      return compileNot(child(syntax.operand), place);
    case 'negate':
      return compileNegation(child(syntax.operand), place);
    case 'and':
    case 'or':
      return compileJunction(syntax.kind, syntax.parts.map(child), place);
    case 'compare':
      return compileComparison({ ...syntax, left: child(syntax.left), right: child(syntax.right) }, place);
    case 'in':
      return compileIn({ ...syntax, left: child(syntax.left), right: child(syntax.right) }, place);
    case 'arithmetic':
      return compileArithmetic({ ...syntax, left: child(syntax.left), right: child(syntax.right) }, place);
    case 'choice': {
      const { condition, yes, no } = syntax;
      return compileChoice({ condition: child(condition), yes: child(yes), no: child(no) }, place);
    }
  }
}

function buildCall(syntax: Extract<Syntax, { kind: 'call' }>, context: Context): Node {
  const { name, at, end, mark } = syntax;
  const place = { text: context.source.slice(at, end), at };
  const args = syntax.args.map((arg) => build(arg, context));
  const [first] = args;
  if (name === 'has' && first !== undefined && args.length === 1) return compileHas(first, place);
  return compileCall(name, args, { ...place, mark });
}

function literalOf(literal: Literal): Pick<Node, 'type' | 'run' | 'constant'> {
  if (literal.type === 'null') return { type: literal, run: () => null, constant: null };
  const { type, value } = literal;
  const known: Type = type === 'string' ? { type, values: [value] } : { type };
  return { type: known, run: () => value, constant: value };
}

/** A list is JSON, so its elements are written as they will be read again. */
function compileList(items: readonly Node[], place: { text: string; at: number }): Node {
  if (items.length === 0) return { type: EMPTY_LIST, run: () => [], ...place, constant: [], path: undefined };
  const of = elementType(items);
  const encodeItem = (value: Value, { type }: Node) => encode(value, of.type === 'json' ? type : of);
  const listOf = (read: (item: Node) => Value): Json[] | Fault => {
    const list: Json[] = [];
    for (const item of items) {
      const value = encodeItem(read(item), item);
      if (value instanceof Fault) return value;
      list.push(value);
    }
    return list;
  };
  const fixed = listOf(({ constant, text }) =>
    constant === undefined ? new Fault('missing', text) : constant,
  );
  const constant = fixed instanceof Fault ? undefined : fixed;
  const run: Run = constant === undefined ? (scope) => listOf((item) => item.run(scope)) : () => constant;
  return { type: { type: 'list', of }, run, ...place, constant, path: undefined };
}

function elementType(items: readonly Node[]): FieldType {
  const first = must(items[0], 'an empty list has a type of its own');
  let of: Type = first.type;
  for (const { type, text, at } of items) {
    const both = unify(of, type);
    if (both === undefined) {
      const types = `${first.text} is ${nameOf(first.type)}, ${text} ${nameOf(type)}`;
      throw new Refusal('type_mismatch', `A list has elements of one type: ${types}.`, at);
    }
    of = both;
  }
  return of.type === 'null' ? { type: 'json' } : of;
}

/** The same value as another type that it passes for. */
function expected(node: Node, wanted: FieldType['type']): Node {
  const { type, text, at } = node;
  if (type.type === wanted || wanted === 'json') return node;
  if (type.type === 'json') return readAs(node, wanted);
  const widens = wanted === 'money' ? ['integer', 'decimal'] : wanted === 'decimal' ? ['integer'] : [];
  if (widens.includes(type.type))
    return { ...node, type: { type: wanted === 'money' ? 'money' : 'decimal' } };
  const wish = wanted === 'boolean' ? 'a condition, true or false' : nameOf(typeFor(wanted));
  throw new Refusal('type_mismatch', `${text} is ${nameOf(type)}; here goes ${wish}.`, at);
}

/** What is `json` as what was asked for; numbers of JSON pass for decimals and money. */
function readAs(node: Node, wanted: FieldType['type']): Node {
  const type = typeFor(wanted);
  const decode = decoder(type, node.text);
  const overflow = new Fault('overflow', node.text);
  const isExact = wanted === 'decimal' || wanted === 'money';
  const run: Run = (scope) => {
    const value = node.run(scope);
    if (isExact && typeof value === 'number') return decimalOfNumber(value) ?? overflow;
    return value instanceof Fault ? value : decode(value as Json); // What is typed as JSON is JSON.
  };
  const isNested = wanted === 'list' || wanted === 'record';
  return { ...node, type: isNested ? node.type : type, run, constant: undefined, path: undefined };
}

function typeFor(wanted: FieldType['type']): Field {
  if (wanted === 'list') return { type: 'list', of: { type: 'json' } };
  return wanted === 'record' ? { type: 'record', fields: {} } : { type: wanted };
}

function expressionOf(source: string, { type, run, text }: Node): Expression {
  const wrong: EvaluationFault = { fault: 'wrong_type', what: text };
  return {
    source,
    type: type.type === 'null' ? { type: 'json' } : type,
    test(scope) {
      const value = run(scope);
      if (typeof value === 'boolean') return value;
      return value instanceof Fault ? { fault: value.fault, what: value.what } : wrong;
    },
    value(scope) {
      const value = render(run(scope), { type, scope, what: text });
      return value instanceof Fault ? { fault: value.fault, what: value.what } : { value };
    },
  };
}
