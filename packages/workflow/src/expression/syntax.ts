/** An expression as it is written, before anything is known of names and types. */
import type { Decimal } from './decimal.ts';

export type CompareOperator = '==' | '!=' | '<' | '<=' | '>' | '>=';
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';

export type Literal =
  | { type: 'integer'; value: number }
  | { type: 'decimal'; value: Decimal }
  | { type: 'string'; value: string }
  | { type: 'boolean'; value: boolean }
  | { type: 'null' };

/** Where a part stands in the source: from `at` up to `end`. `mark` is what a problem of the part points at. */
export type Span = { at: number; end: number; mark: number };

export type Syntax = Span &
  (
    | { kind: 'literal'; literal: Literal }
    | { kind: 'list'; items: readonly Syntax[] }
    | { kind: 'name'; name: string }
    | { kind: 'member'; owner: Syntax; name: string }
    | { kind: 'index'; owner: Syntax; index: Syntax }
    /** `x.size()` is `size(x)`: what stands before the dot is the first argument. */
    | { kind: 'call'; name: string; args: readonly Syntax[] }
    | { kind: 'not' | 'negate'; operand: Syntax }
    | { kind: 'and' | 'or'; parts: readonly Syntax[] }
    | { kind: 'compare'; operator: CompareOperator; left: Syntax; right: Syntax }
    | { kind: 'in'; isNegated: boolean; left: Syntax; right: Syntax }
    | { kind: 'arithmetic'; operator: ArithmeticOperator; left: Syntax; right: Syntax }
    | { kind: 'choice'; condition: Syntax; yes: Syntax; no: Syntax }
  );
