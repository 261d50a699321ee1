/**
 * Where the language differs from CEL on purpose. The suite shows each of them; `docs/expressions.md` lists them by name.
 * `found` ones can come up among the generated expressions and are told by the fault of the evaluation; all others are
 * outside of what is generated.
 */
import type { EvaluationFault, Json, JsonObject } from '@holdfast/workflow';

/** What a source gives: a value, a fault of the evaluation, or a refusal when it is compiled. */
export type Outcome = { value: Json } | { fault: EvaluationFault['fault'] | 'error' } | { refused: string };

export type Difference = {
  name: string;
  why: string;
  source: string;
  state?: JsonObject;
  ours: Outcome;
  /** Of cel-js: integers are written as numbers, an error while evaluating as `error`, one before as `refused`. */
  cel: Outcome;
  /** The fault by which a generated case shows this difference. */
  found?: EvaluationFault['fault'];
};

export const DIFFERENCES: readonly Difference[] = [
  {
    name: 'integer_range',
    why: 'Integers are those that JSON carries exactly, ±(2^53 − 1); CEL has 64 bits.',
    source: '9007199254740991 + 1 > 0',
    ours: { fault: 'overflow' },
    cel: { value: true },
    found: 'overflow',
  },
  {
    name: 'integer_literal_range',
    why: 'The same, for a number that is written out: it is refused at load.',
    source: '9007199254740992 > 0',
    ours: { refused: 'out_of_range' },
    cel: { value: true },
  },
  {
    name: 'exact_decimals',
    why: 'A number with a point is an exact decimal; CEL has doubles.',
    source: '0.1 + 0.2 == 0.3',
    ours: { value: true },
    cel: { value: false },
  },
  {
    name: 'decimal_division',
    why: 'Decimals and money do not divide, for the result would have to be rounded.',
    source: '1.0 / 4.0 == 0.25',
    ours: { refused: 'type_mismatch' },
    cel: { value: true },
  },
  {
    name: 'mixed_numbers',
    why: 'Integers, decimals and money reckon and compare with each other, since that is exact.',
    source: '1 + 0.5 == 1.5',
    ours: { value: true },
    cel: { refused: 'no_such_overload' },
  },
  {
    name: 'money_precision',
    why: 'An amount leaves an expression only with the digits of its currency; inside it is exact.',
    source: 'state.m1 * 0.125',
    state: { m1: '12.25' },
    ours: { fault: 'precision' },
    cel: { value: 1.53125 },
    found: 'precision',
  },
  {
    name: 'money_square',
    why: 'An amount times an amount is no amount.',
    source: 'state.m1 * state.m1 > 1.0',
    state: { m1: '12.25' },
    ours: { refused: 'type_mismatch' },
    cel: { value: true },
  },
  {
    name: 'chained_comparison',
    why: '`a == b == c` means different things to different people: compare two at a time.',
    source: 'true == true == true',
    ours: { refused: 'syntax' },
    cel: { value: true },
  },
  {
    name: 'ordered_booleans',
    why: 'True is not more than false.',
    source: 'false < true',
    ours: { refused: 'type_mismatch' },
    cel: { value: true },
  },
  {
    name: 'unlike_types',
    why: 'Unlike types are refused at load where they are known; found in json, they are a fault, not false.',
    source: 'state.j.s == 1',
    state: { j: { s: 'one' } },
    ours: { fault: 'wrong_type' },
    cel: { value: false },
  },
  {
    name: 'has_on_the_way',
    why: 'has() is false as well when something on the way to the field is missing.',
    source: 'has(state.j.missing.s)',
    state: { j: {} },
    ours: { value: false },
    cel: { fault: 'error' },
  },
  {
    name: 'has_element',
    why: 'has() may ask for an element of a list.',
    source: 'has(state.ls[0])',
    state: { ls: [] },
    ours: { value: false },
    cel: { refused: 'invalid_macro_argument' },
  },
  {
    name: 'never_null',
    why: 'A field that is always there is never null: the question is refused.',
    source: 'state.i1 == null',
    state: { i1: 1 },
    ours: { refused: 'type_mismatch' },
    cel: { value: false },
  },
  {
    name: 'list_sum',
    why: 'Lists are not joined: nothing in a condition needs it, and it would make lists without a bound.',
    source: 'size([1] + [2]) == 2',
    ours: { refused: 'type_mismatch' },
    cel: { value: true },
  },
  {
    name: 'mixed_json_list',
    why: '`in` faults at an element of json that has another type, unless an equal one stands before it.',
    source: '1 in state.j.l',
    state: { j: { l: ['a', 1] } },
    ours: { fault: 'wrong_type' },
    cel: { value: true },
  },
  {
    name: 'no_macros',
    why: 'There are no loops: all(), exists(), map() and filter() are not there.',
    source: 'state.li.all(x, x > 0)',
    state: { li: [1] },
    ours: { refused: 'unknown_name' },
    cel: { value: true },
  },
  {
    name: 'no_regular_expressions',
    why: 'A regular expression may take for ever; glob() may not.',
    source: '"abc".matches("a.*")',
    ours: { refused: 'unknown_function' },
    cel: { value: true },
  },
  {
    name: 'no_maps',
    why: 'Records come from the state alone.',
    source: '{"a": 1}.a == 1',
    ours: { refused: 'syntax' },
    cel: { value: true },
  },
  {
    name: 'number_forms',
    why: 'Numbers are written one way: no exponent, no hexadecimal, no unsigned suffix.',
    source: '1e3 == 1000.0',
    ours: { refused: 'syntax' },
    cel: { value: true },
  },
  {
    name: 'string_forms',
    why: 'Texts are written one way: no raw, triple-quoted or byte strings.',
    source: "r'a' == 'a'",
    ours: { refused: 'syntax' },
    cel: { value: true },
  },
  {
    name: 'milliseconds',
    why: 'Time has whole milliseconds: a finer duration is refused.',
    source: 'duration("1us") > duration("0s")',
    ours: { refused: 'out_of_range' },
    cel: { value: true },
  },
  {
    name: 'more_functions',
    why: 'glob, min, max, abs and decimal are not in CEL.',
    source: 'max(1, 2) == 2',
    ours: { value: true },
    cel: { refused: 'no_matching_overload' },
  },
  {
    name: 'word_operators',
    why: '`and`, `or`, `not`, `not in`, `True`, `False` and `None` are words of the language.',
    source: 'not (1 in [2]) and True',
    ours: { value: true },
    cel: { refused: 'unexpected_character' },
  },
];
