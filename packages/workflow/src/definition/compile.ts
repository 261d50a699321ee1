/** From a definition to a program: blocks by path, expressions and templates compiled, the hash that names it. */
import { AppError, must } from '@holdfast/base';
import { canonicalJson, sha256Hex } from '@holdfast/crypto';
import { compileExpression } from '../expression/compile.ts';
import type { Expression } from '../expression/expression.ts';
import { compileTemplate, type Template } from '../expression/template.ts';
import { nameOf } from '../expression/typing.ts';
import type { Field, Fields, FieldType } from '../types.ts';
import { blocksBelow, type InnerBlock } from './blocks.ts';
import { type Definition, END, type Step } from './model.ts';
import { type Block, expressionKey, type Program } from './program.ts';
import { type StepText, textsOfStep } from './texts.ts';

/** What is wrong with a text of a step. `at` is an offset into the text. */
export type TextProblem = { step: Step; text: StepText; code: string; message: string; at: number };

/** What is asked about each text that was compiled; returns what is wrong with the type of its value, if anything. */
export type CheckValue = (of: { step: Step; text: StepText; type: FieldType }) => string | undefined;

/**
 * The program of a definition that was loaded before and has been kept as JSON since. Throws AppError
 * `definition_invalid` when an expression cannot be compiled any more.
 */
export function compileDefinition(definition: Definition): Program {
  const { program, problems } = compileTexts(definition, () => undefined, 1);
  const [problem] = problems;
  if (problem === undefined) return program;
  const { step, message } = problem;
  throw new AppError('definition_invalid', `${definition.workflow_type}, step ${step.name}: ${message}`);
}

/**
 * Compiles every text of a definition and collects what is wrong, at most `problemsMax` of it; the program is complete
 * when nothing is.
 */
export function compileTexts(
  definition: Definition,
  checkValue: CheckValue,
  problemsMax: number,
): { program: Program; problems: TextProblem[] } {
  const compiling: Compiling = {
    state: definition.state,
    checkValue,
    problemsMax,
    blocks: new Map(),
    expressions: new Map(),
    templates: new Map(),
    problems: [],
  };
  compileBlock(compiling, { path: '', steps: definition.steps, locals: {} });
  const { blocks, expressions, templates, problems } = compiling;
  const hash = sha256Hex(canonicalJson(definition));
  return { program: { definition, hash, blocks, expressions, templates }, problems };
}

type Compiling = {
  state: Fields;
  checkValue: CheckValue;
  problemsMax: number;
  blocks: Map<string, Block>;
  expressions: Map<string, Expression>;
  templates: Map<string, Template>;
  problems: TextProblem[];
};

type Around = { path: string; steps: readonly Step[]; locals: Fields };

const INDEX: Field = { type: 'integer' };

function compileBlock(compiling: Compiling, { path, steps, locals }: Around): void {
  const byName = new Map(steps.map((step) => [step.name, step]));
  compiling.blocks.set(path, { first: steps[0]?.name ?? END, steps: byName });
  for (const step of steps) {
    for (const text of textsOfStep(step)) {
      if (compiling.problems.length >= compiling.problemsMax) return;
      const problem =
        text.use.kind === 'template'
          ? compileAsTemplate(compiling, { path, locals, text })
          : compileAsExpression(compiling, { path, locals, text, step });
      if (problem !== undefined) compiling.problems.push({ step, text, ...problem });
    }
    for (const block of blocksBelow(step, path)) {
      const inner = { ...locals, ...localsOf(compiling, block, path) };
      compileBlock(compiling, { path: block.path, steps: block.steps, locals: inner });
    }
  }
}

/** The variables a block adds: the item has the type of the list, or any where that is not known. */
function localsOf({ expressions }: Compiling, { item, hasIndex }: InnerBlock, path: string): Fields {
  const index: Fields = hasIndex ? { index: INDEX } : {};
  if (item === null) return index;
  const type = expressions.get(expressionKey(path, item.over))?.type;
  return { ...index, [item.name]: type?.type === 'list' ? type.of : { type: 'json' } };
}

type Refusal = { code: string; message: string; at: number };

function compileAsTemplate(
  { state, templates }: Compiling,
  { path, locals, text }: { path: string; locals: Fields; text: StepText },
): Refusal | undefined {
  const compiled = compileTemplate(text.text, { state, locals });
  if (!compiled.ok) return compiled.problem;
  const { template } = compiled;
  templates.set(expressionKey(path, text.text), template);
  if (template.secrets.length === 0 || (text.use.kind === 'template' && text.use.secrets)) return undefined;
  const message = `The secret ${must(template.secrets[0], 'there is one')} would be shown: only requests may hold secrets.`;
  return { code: 'secret_here', message, at: text.text.indexOf('secrets') };
}

function compileAsExpression(
  { state, expressions, checkValue }: Compiling,
  { path, locals, text, step }: { path: string; locals: Fields; text: StepText; step: Step },
): Refusal | undefined {
  const compiled = compileExpression(text.text, { state, locals });
  if (!compiled.ok) return compiled.problem;
  const { expression } = compiled;
  expressions.set(expressionKey(path, text.text), expression);
  const message = wrongUse(text, expression.type) ?? checkValue({ step, text, type: expression.type });
  return message === undefined ? undefined : { code: 'wrong_type', message, at: 0 };
}

/** What is typed as json is looked at when it is used. */
function wrongUse({ text, use }: StepText, type: FieldType): string | undefined {
  if (type.type === 'json') return undefined;
  const is = `${text} is ${nameOf(type)}`;
  if (use.kind === 'condition' && type.type !== 'boolean') return `${is}; a condition is true or false.`;
  if (use.kind === 'list' && type.type !== 'list') return `${is}; a list is needed.`;
  if (use.kind === 'instant' && type.type !== 'timestamp') return `${is}; a timestamp is needed.`;
  return undefined;
}
