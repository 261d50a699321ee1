/** `holdfast workflow definitions`, and `holdfast workflow reload`, which answers the same. */
import type {
  WorkflowDefinitionDetail,
  WorkflowDefinitionList,
  WorkflowDefinitionRow,
} from '@holdfast/protocol';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import type { Paint } from '../shell/shell.ts';
import { openEdge, TARGET_ARGS } from '../targets.ts';
import { age, columns, table } from '../text.ts';
import { renderProblem } from '../workflow/render-problems.ts';

export const workflowDefinitions = defineCommand({
  name: 'workflow definitions',
  summary: 'Shows the definitions of the edge, or one of them with its text.',
  examples: [
    ['holdfast workflow definitions', 'all versions, what goes on by them, and files that were refused'],
    ['holdfast workflow definitions CoffeePurchase', 'one, with its fields, its text and its versions'],
  ],
  args: {
    type: { type: 'positional', required: false, description: 'A workflow_type' },
    ...TARGET_ARGS,
  },
  async run(args, shell) {
    const { workflows } = await openEdge(args, shell);
    const look = { paint: shell.paint, nowMs: shell.ports.clock.nowMs() };
    if (args.type === undefined) {
      const listed = await workflows.definitions();
      return { text: renderDefinitions(listed, look), json: listed };
    }
    const detail = await workflows.definition(args.type);
    return { text: renderDefinition(detail, look), json: detail };
  },
});

export const workflowReload = defineCommand({
  name: 'workflow reload',
  summary: 'Lets the edge read its folder of definitions anew; the same as SIGHUP.',
  details: 'A file that was refused ends the command with 1; what was loaded before stays.',
  examples: [['holdfast workflow reload', 'and show what is loaded then']],
  args: TARGET_ARGS,
  async run(args, shell) {
    const { workflows } = await openEdge(args, shell);
    const listed = await workflows.reload();
    const look = { paint: shell.paint, nowMs: shell.ports.clock.nowMs() };
    const isRefused = listed.files.some(({ problems }) =>
      problems.some(({ severity }) => severity === 'error'),
    );
    return {
      text: renderDefinitions(listed, look),
      json: listed,
      exitCode: isRefused ? EXIT.failed : EXIT.ok,
    };
  },
});

type Look = { paint: Paint; nowMs: number };

function renderDefinitions({ definitions, files }: WorkflowDefinitionList, look: Look): string {
  const problems = files.flatMap(({ file, problems: found }) =>
    found.map((problem) => renderProblem(problem, { file, paint: look.paint })),
  );
  const rows = definitions.map((row) => [row.workflow_type, ...versionCells(row, look)]);
  const shown =
    rows.length === 0
      ? 'No definition is loaded: put one into the folder `workflows` of the edge, or `holdfast workflow load FILE`.'
      : table(['Workflow', ...VERSION_HEADING], rows, [5]);
  return [shown, ...(problems.length > 0 ? ['', ...problems] : [])].join('\n');
}

function renderDefinition(
  { workflow_type, current, versions }: WorkflowDefinitionDetail,
  look: Look,
): string {
  const { paint } = look;
  const shown = table(
    VERSION_HEADING,
    versions.map((row) => versionCells(row, look)),
    [4],
  );
  if (current === null) return `${paint.bold(workflow_type)}: nothing new begins with it.\n\n${shown}`;
  const fields = current.fields.map(({ name, type, optional }) => [name, `${type}${optional ? '?' : ''}`]);
  return [
    [paint.bold(workflow_type), ...(current.description === null ? [] : [current.description])].join(': '),
    '',
    shown,
    '',
    columns(fields),
    '',
    current.source.trimEnd(),
  ].join('\n');
}

const VERSION_HEADING = ['Version', 'Hash', 'Loaded', '', 'Open'];

function versionCells(row: WorkflowDefinitionRow, { paint, nowMs }: Look): string[] {
  return [
    row.version ?? '',
    row.hash.slice(0, 12),
    `${age(row.added_at, nowMs)} ago`,
    row.is_current ? paint.green('current') : '',
    String(row.open_instances),
  ];
}
