/** A definition made ready to run: its expressions are compiled, its steps are found by name. */
import type { Expression } from '../expression/expression.ts';
import type { Template } from '../expression/template.ts';
import type { Definition, Step } from './model.ts';

/** The steps of a workflow, of a branch, or of the body of a loop; they name each other within it. */
export type Block = {
  /** Its first step; END when it has none. */
  first: string;
  steps: ReadonlyMap<string, Step>;
};

/**
 * Names of blocks are paths: '' is the workflow itself, `Fan/left` the branch `left` of the step `Fan`, `Each` the body
 * of the step `Each`, and so on below.
 */
export type Program = {
  definition: Definition;
  /** SHA-256 of the canonical definition, hexadecimal. */
  hash: string;
  blocks: ReadonlyMap<string, Block>;
  /**
   * Every expression by its text and the block it stands in, `<block>\n<text>`: what an expression may name depends on
   * the loops around it.
   */
  expressions: ReadonlyMap<string, Expression>;
  /** Texts with `{{…}}` by the same names: of requests, prompts and schedules. */
  templates: ReadonlyMap<string, Template>;
};

/** The name of an expression in {@link Program.expressions}, or of a template. */
export function expressionKey(block: string, text: string): string {
  return `${block}\n${text}`;
}
