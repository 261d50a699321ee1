/** Definitions of a store: read, checked against what this edge has, kept, and made current. */
import { canonicalJson } from '@holdfast/crypto';
import { type DefinitionHost, type FunctionTable, loadDefinition, type Problem } from '@holdfast/workflow';
import type { WorkflowReads } from '../store/workflow-reads.ts';
import type { Writer } from '../writer/writer.ts';
import { typeNamedIn } from './folder.ts';
import { MODELS, PAYMENT_STATE } from './functions/fields.ts';
import { createFunctionSet } from './functions/index.ts';

/** What became of a text: it is current now, or everything that is wrong with it. */
export type LoadAnswer =
  | {
      ok: true;
      workflow_type: string;
      version: string | null;
      hash: string;
      /** False when it was current before. */
      is_new: boolean;
      problems: readonly Problem[];
    }
  | { ok: false; problems: readonly Problem[] };

export type Definitions = {
  /** Checks a text without keeping it. `workflowTypes` are those that come with it. */
  check(text: string, workflowTypes?: Iterable<string>): ReturnType<typeof loadDefinition>;
  /** Checks a text and makes it the definition that new instances of its type begin with. */
  load(text: string, workflowTypes?: Iterable<string>): Promise<LoadAnswer>;
  /** Lets nothing begin with a type any more; what is under way goes on. */
  retire(workflowType: string): Promise<void>;
};

/** The code of {@link duplicateProblem}. */
export const DUPLICATE = 'duplicate_workflow';

/** What is wrong with a file whose workflow the file `owner` of the same folder defines as well. */
export function duplicateProblem(workflowType: string, owner: string): Problem {
  const message = `${owner} defines ${workflowType} already: give this one another name, or remove one of the files.`;
  return { severity: 'error', code: DUPLICATE, message, line: 1, column: 1 };
}

/**
 * Checks texts as an edge would that has no definition but these, and workflows of the names `others`. Each answer is
 * that of the text at its place.
 */
export function lintDefinitions(
  texts: readonly string[],
  others: Iterable<string>,
): ReturnType<typeof loadDefinition>[] {
  const { table: functions } = createFunctionSet();
  const workflowTypes = new Set([...texts.flatMap((text) => typeNamedIn(text) ?? []), ...others]);
  const host = { functions, models: MODELS, defaultModel: PAYMENT_STATE, workflowTypes };
  return texts.map((text) => loadDefinition(text, host));
}

export function createDefinitions({
  reads,
  writer,
  functions,
  secretOf,
}: {
  reads: WorkflowReads;
  writer: Writer;
  functions: FunctionTable;
  secretOf(name: string): string | undefined;
}): Definitions {
  const hostWith = (workflowTypes: Iterable<string>): DefinitionHost => ({
    functions,
    models: MODELS,
    defaultModel: PAYMENT_STATE,
    workflowTypes: new Set([...reads.currentTypes(), ...workflowTypes]),
    hasSecret: (name) => secretOf(name) !== undefined,
  });
  const check: Definitions['check'] = (text, workflowTypes = []) =>
    loadDefinition(text, hostWith(workflowTypes));
  return {
    check,
    async load(text, workflowTypes) {
      const loaded = check(text, workflowTypes);
      if (!loaded.ok) return loaded;
      const { definition, hash } = loaded.program;
      const { workflow_type, workflow_version: version } = definition;
      const is_new = reads.currentHash(workflow_type) !== hash;
      const kept = { hash, version, canonical: canonicalJson(definition), source: text };
      if (is_new) await writer.submit({ type: 'workflow_definition', workflow_type, definition: kept });
      return { ok: true, workflow_type, version, hash, is_new, problems: loaded.problems };
    },
    async retire(workflow_type) {
      await writer.submit({ type: 'workflow_definition', workflow_type, definition: null });
    },
  };
}
