/** A condition or value of a workflow, compiled. Evaluating it ends, changes nothing, and never throws. */
import type { FieldType, Json, JsonObject } from '../types.ts';

/**
 * Why there is no value: a field that is not there, a number or text that is too large, a division by zero, the wrong
 * type, an amount with more digits than its currency has.
 */
export type EvaluationFault = {
  fault: 'missing' | 'overflow' | 'divide_by_zero' | 'wrong_type' | 'precision';
  /** What was looked at, for people: `state.country`. */
  what: string;
};

/** What an expression may name, as JSON. */
export type Scope = {
  state: JsonObject;
  /** Variables of the loops and branches around. */
  locals?: JsonObject;
  /** ISO 4217 code of the money in it. */
  currency: string;
  nowMs: number;
};

/** A compiled expression. */
export type Expression = {
  source: string;
  /** Of its value; `json` when only the evaluation tells. */
  type: FieldType;
  /** A condition: true or false, or why neither. */
  test(scope: Scope): boolean | EvaluationFault;
  /** Its value as JSON; money and decimals as decimal strings. */
  value(scope: Scope): { value: Json } | EvaluationFault;
};
