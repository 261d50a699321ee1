/** `holdfast workflow load`. */
import { isAppError } from '@holdfast/base';
import type { WorkflowClient } from '@holdfast/client';
import { typeNamedIn } from '@holdfast/edge';
import type { WorkflowLoaded, WorkflowProblem } from '@holdfast/protocol';
import { usage } from '../check-words.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import type { Paint } from '../shell/shell.ts';
import { openEdge, TARGET_ARGS } from '../targets.ts';
import { type DefinitionFile, readDefinitionFiles } from '../workflow/definition-files.ts';
import { renderProblem } from '../workflow/render-problems.ts';

export const workflowLoad = defineCommand({
  name: 'workflow load',
  summary: 'Loads definitions into the edge: new instances begin with them, open ones keep to theirs.',
  details:
    'A file of the folder of the edge that defines the same workflow takes its\nplace when it changes. One that is refused changes nothing, and ends the command with 1 when all have been tried.',
  examples: [
    ['holdfast workflow load coffee.yaml', 'one file'],
    ['holdfast workflow load examples/workflows', 'every file of a folder'],
  ],
  args: {
    file: {
      type: 'positional',
      required: true,
      description: 'Files, or folders of them',
      valueHint: 'FILE…',
    },
    ...TARGET_ARGS,
  },
  async run(args, shell) {
    const files = await readDefinitionFiles(args._, shell.cwd);
    const { workflows } = await openEdge(args, shell);
    const results = await loadAll(files, workflows);
    return {
      text: results.map((result) => renderResult(result, shell.paint)).join('\n'),
      json: { files: results.map(({ text: _, ...rest }) => rest) },
      exitCode: results.some(({ loaded }) => loaded === null) ? EXIT.failed : EXIT.ok,
    };
  },
});

/** `loaded` null: it was refused. */
type Result = { file: string; text: string; loaded: WorkflowLoaded | null; problems: WorkflowProblem[] };

/** A workflow may start one that comes after it: what was refused is tried again while others are loaded. */
async function loadAll(files: readonly DefinitionFile[], workflows: WorkflowClient): Promise<Result[]> {
  const results = new Map<DefinitionFile, Result>();
  for (let left = [...files], before = left.length + 1; left.length > 0 && left.length < before; ) {
    for (const file of left) results.set(file, await load(file, workflows));
    before = left.length;
    left = left.filter((file) => results.get(file)?.loaded === null);
  }
  return [...results.values()];
}

async function load({ file, text }: DefinitionFile, workflows: WorkflowClient): Promise<Result> {
  const type = typeNamedIn(text);
  if (type === undefined) throw usage(`${file} names no workflow_type: begin it with workflow_type: "Name".`);
  try {
    const loaded = await workflows.load(type, text);
    return { file, text, loaded, problems: loaded.problems };
  } catch (error) {
    if (!isAppError(error, 'definition_invalid')) throw error;
    const problems = error.faults.map(({ detail, code = '', line = 1, column = 1 }) => ({
      ...{ severity: 'error' as const, code, message: detail, line, column },
    }));
    if (problems.length === 0) throw error;
    return { file, text, loaded: null, problems };
  }
}

function renderResult({ file, text, loaded, problems }: Result, paint: Paint): string {
  const shown = problems.map((problem) => renderProblem(problem, { file, text, paint }));
  if (loaded === null) return [...shown, `${file} was refused; what was loaded before stays.`].join('\n');
  const { workflow_type, version, hash, is_new } = loaded;
  const what = `${workflow_type}${version === null ? '' : ` ${version}`} (${hash.slice(0, 12)})`;
  return [...shown, is_new ? `${what} is loaded.` : `${what} was loaded before.`].join('\n');
}
