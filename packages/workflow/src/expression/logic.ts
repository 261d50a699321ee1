/**
 * `and`, `or`, `not` and `?:`. A fault is absorbed where the other side alone decides: `false and FAULT` is false and
 * `true or FAULT` is true, in either order. A choice evaluates one of its sides.
 */
import { Refusal } from './refusal.ts';
import { nameOf, type Type, unify } from './typing.ts';
import { Fault, type Node, type Run, render, type Value } from './value.ts';

type Place = { text: string; at: number };

/** `and` or `or` of two or more conditions, looked at from left to right. */
export function compileJunction(kind: 'and' | 'or', parts: readonly Node[], place: Place): Node {
  for (const part of parts) mustBeCondition(part);
  const decisive = kind === 'or';
  const runs = parts.map(conditionRun);
  const [first, second, third] = runs;
  if (first !== undefined && second !== undefined && runs.length === 2)
    return condition(junctionOfTwo(first, second, decisive), place);
  if (first !== undefined && second !== undefined && third !== undefined && runs.length === 3) {
    const rest = junctionOfTwo(second, third, decisive);
    return condition(junctionOfTwo(first, rest, decisive), place);
  }
  return condition(junctionOfMany(runs, decisive), place);
}

/** `not x`. */
export function compileNot(operand: Node, place: Place): Node {
  mustBeCondition(operand);
  const run = conditionRun(operand);
  return condition((scope) => {
    const value = run(scope);
    return typeof value === 'boolean' ? !value : value;
  }, place);
}

/** `condition ? yes : no`. */
export function compileChoice(it: { condition: Node; yes: Node; no: Node }, place: Place): Node {
  mustBeCondition(it.condition);
  const type = unify(it.yes.type, it.no.type);
  if (type === undefined) {
    const types = `${nameOf(it.yes.type)} and ${nameOf(it.no.type)}`;
    throw new Refusal('type_mismatch', `Both sides of "?:" have one type; these are ${types}.`, it.no.at);
  }
  const test = conditionRun(it.condition);
  const [yes, no] = [as(it.yes, type), as(it.no, type)];
  const run: Run = (scope) => {
    const value = test(scope);
    return value === true ? yes(scope) : value === false ? no(scope) : value;
  };
  return { type, run, ...place, constant: undefined, path: undefined };
}

function junctionOfTwo(left: Run, right: Run, decisive: boolean): Run {
  return (scope) => {
    const a = left(scope);
    if (a === decisive) return decisive;
    const b = right(scope);
    return b === decisive || a === !decisive ? b : a;
  };
}

function junctionOfMany(runs: readonly Run[], decisive: boolean): Run {
  return (scope) => {
    let result: Value = !decisive;
    for (const run of runs) {
      const value = run(scope);
      if (value === decisive) return decisive;
      if (result === !decisive) result = value;
    }
    return result;
  };
}

function condition(run: Run, place: Place): Node {
  return { type: { type: 'boolean' }, run, ...place, constant: undefined, path: undefined };
}

function mustBeCondition({ type, text, at }: Node): void {
  if (type.type === 'boolean' || type.type === 'json') return;
  const message = `${text} is ${nameOf(type)}; a condition is true or false.`;
  throw new Refusal('type_mismatch', message, at);
}

/** Gives true, false or a fault. */
function conditionRun({ run, type, text }: Node): Run {
  if (type.type === 'boolean') return run;
  const wrong = new Fault('wrong_type', text);
  return (scope) => {
    const value = run(scope);
    return typeof value === 'boolean' || value instanceof Fault ? value : wrong;
  };
}

/** A side of a choice as the type of both. Numbers hold as they are; what becomes `json` is written as JSON. */
function as({ run, type, text }: Node, wanted: Type): Run {
  if (wanted.type !== 'json' || type.type === 'json') return run;
  return (scope) => render(run(scope), { type, scope, what: text });
}
