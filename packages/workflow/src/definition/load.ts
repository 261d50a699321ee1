/**
 * From the text of a definition to a program, or to everything that is wrong with it. What loads here runs: no name is
 * left open, no expression untyped, no loop unbounded.
 */
import { nameOf } from '../expression/typing.ts';
import type { FieldType } from '../types.ts';
import { checkFunctions } from './check-functions.ts';
import { checkGraph } from './check-graph.ts';
import { checkSecrets } from './check-secrets.ts';
import { checkShape } from './check-shape.ts';
import { checkTime } from './check-time.ts';
import { checkWorkflows } from './check-workflows.ts';
import { type CheckValue, compileTexts } from './compile.ts';
import type { DefinitionHost } from './host.ts';
import type { Problem } from './model.ts';
import { createPlaces } from './places.ts';
import type { Program } from './program.ts';
import { readDefinition } from './read-definition.ts';
import { readYaml } from './read-yaml.ts';
import { canHold } from './state.ts';

/** Warnings alone do not keep a definition from running. Problems are sorted by place. */
export type Loaded =
  | { ok: true; program: Program; problems: readonly Problem[] }
  | { ok: false; problems: readonly Problem[] };

/** Texts with a problem after which no more are compiled. */
const TEXT_PROBLEMS_MAX = 50;

/** Reads and checks a definition. Never throws, whatever the text. */
export function loadDefinition(text: string, host: DefinitionHost): Loaded {
  const { root, problems } = readYaml(text);
  if (root === undefined) return { ok: false, problems: problems.sorted() };
  if (!checkShape(root, problems)) return { ok: false, problems: problems.sorted() };
  const isWhole = !problems.hasErrors();
  const places = createPlaces();
  const checking = { problems, places, functions: host.functions };
  const definition = readDefinition(root, checking, host);
  checkFunctions(definition, checking);
  checkWorkflows(definition, { ...checking, host });
  // Where entries were left out, steps would seem to be missing or out of reach.
  if (isWhole) checkGraph(definition, checking);
  checkTime(definition, checking);
  const compiled = compileTexts(definition, checkerOf(host), TEXT_PROBLEMS_MAX);
  for (const { text, code, message, at } of compiled.problems) {
    problems.error(places.within(text.owner, text.member, at), code, message);
  }
  checkSecrets(compiled.program, { problems, places, host });
  const sorted = problems.sorted();
  return problems.hasErrors()
    ? { ok: false, problems: sorted }
    : { ok: true, program: compiled.program, problems: sorted };
}

/** Compares values that are given to a function with what it takes. */
function checkerOf({ functions }: DefinitionHost): CheckValue {
  return ({ step, text, type }) => {
    if (text.use.kind !== 'input' || step.type !== 'STANDARD') return undefined;
    const input = functions.get(step.function)?.input ?? {};
    const field: FieldType | undefined = Object.hasOwn(input, text.use.name)
      ? input[text.use.name]
      : undefined;
    if (field === undefined || canHold(field, type)) return undefined;
    return `${text.text} is ${nameOf(type)}; ${step.function} takes ${nameOf(field)} as "${text.use.name}".`;
  };
}
