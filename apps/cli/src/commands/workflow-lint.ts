/** `holdfast workflow lint`. */
import { duplicateProblem, lintDefinitions } from '@holdfast/edge';
import type { WorkflowProblem } from '@holdfast/protocol';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import type { Paint } from '../shell/shell.ts';
import { count } from '../text.ts';
import { type DefinitionFile, readDefinitionFiles, typesBeside } from '../workflow/definition-files.ts';
import { countProblems, renderProblem } from '../workflow/render-problems.ts';

export const workflowLint = defineCommand({
  name: 'workflow lint',
  summary: 'Checks definitions as the edge would load them; no edge has to run.',
  details:
    'Each problem stands on a line of its own as file:line:column: severity code: message, with the line and a mark below it.\nWorkflows that other files of the same folder define are known. An error ends the command with 1; warnings do not.',
  examples: [
    ['holdfast workflow lint coffee.yaml', 'one file'],
    ['holdfast workflow lint examples/workflows', 'every file of a folder'],
    ['holdfast workflow lint workflows --json', 'for a script or an editor'],
  ],
  args: {
    file: {
      type: 'positional',
      required: true,
      description: 'Files, or folders of them',
      valueHint: 'FILE…',
    },
  },
  async run(args, shell) {
    const files = await readDefinitionFiles(args._, shell.cwd);
    const linted = lintFiles(files, await typesBeside(files));
    const hasErrors = linted.some(({ problems }) => problems.some(({ severity }) => severity === 'error'));
    return {
      text: renderLint(linted, shell.paint),
      json: { files: linted.map(({ text: _, ...rest }) => rest) },
      exitCode: hasErrors ? EXIT.failed : EXIT.ok,
    };
  },
});

type Linted = {
  file: string;
  text: string;
  workflow_type: string | null;
  hash: string | null;
  problems: WorkflowProblem[];
};

function lintFiles(files: readonly DefinitionFile[], others: readonly string[]): Linted[] {
  const answers = lintDefinitions(
    files.map(({ text }) => text),
    others,
  );
  const owners = new Map<string, string>();
  return files.map(({ file, text }, index): Linted => {
    const answer = answers[index];
    if (answer?.ok !== true)
      return { file, text, workflow_type: null, hash: null, problems: [...(answer?.problems ?? [])] };
    const { definition, hash } = answer.program;
    const { workflow_type } = definition;
    const owner = owners.get(workflow_type);
    owners.set(workflow_type, owner ?? file);
    // A folder with both would have the first loaded alone.
    const twice = owner === undefined ? [] : [duplicateProblem(workflow_type, owner)];
    return { file, text, workflow_type, hash, problems: [...twice, ...answer.problems] };
  });
}

function renderLint(linted: readonly Linted[], paint: Paint): string {
  const all = linted.flatMap(({ problems }) => problems);
  const shown = linted.flatMap(({ file, text, problems }) =>
    problems.map((problem) => renderProblem(problem, { file, text, paint })),
  );
  const files = count(linted.length, 'file');
  const sum =
    all.length === 0 ? paint.green(`${files}, nothing to mend.`) : `${files}: ${countProblems(all)}.`;
  return [...shown, sum].join('\n');
}
