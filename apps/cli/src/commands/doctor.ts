/** `holdfast doctor`. */
import { edgeOptions, examineEdge } from '@holdfast/edge';
import { examineHub, hubOptions } from '@holdfast/hub';
import { createLogger, type Finding, type FindingState, worstOf } from '@holdfast/runtime';
import { defineCommand } from '../command.ts';
import { findConfig } from '../config/config-file.ts';
import { loadCommandOptions } from '../config/option-args.ts';
import { EXIT } from '../exit-codes.ts';
import type { Paint } from '../shell/shell.ts';
import { addressOf } from '../targets.ts';

export const doctor = defineCommand({
  name: 'doctor',
  summary: 'Says in words what state an edge or a hub is in, and what to do.',
  details:
    'It reads and changes nothing, whether the process runs or not.\nExit code 0: nothing is bad; 4: something is.',
  examples: [
    ['holdfast doctor', 'the edge of this folder'],
    ['holdfast doctor --pages', 'and every page of its store'],
    ['holdfast doctor --hub --json', 'the hub, for a script'],
  ],
  args: {
    config: { type: 'string', description: 'Configuration file it runs with', valueHint: 'FILE' },
    data: {
      type: 'string',
      description: 'Its data folder, instead of the configured one',
      valueHint: 'FOLDER',
    },
    hub: { type: 'boolean', description: 'Look at the hub, not at the edge' },
    pages: { type: 'boolean', description: 'Read every page of the store, too' },
  },
  async run(args, shell) {
    const kind = args.hub === true ? 'hub' : 'edge';
    const configPath = findConfig(kind, { flag: args.config, shell });
    const progress = shell.progress('Looking');
    try {
      const at = { args: { data: args.data }, shell, configPath };
      const findings =
        kind === 'hub' ? await lookAtHub(at) : await lookAtEdge(at, { pages: args.pages === true });
      const state = worstOf(findings);
      return {
        text: [renderFindings(findings, shell.paint), ...configHint(findings, args.config)].join('\n'),
        json: { subject: kind, state, findings },
        exitCode: state === 'bad' ? EXIT.unsound : EXIT.ok,
      };
    } finally {
      progress.end();
    }
  },
});

type At = Parameters<typeof loadCommandOptions>[1];

async function lookAtEdge(at: At, { pages }: { pages: boolean }): Promise<Finding[]> {
  const { ports, transport } = at.shell;
  const options = await loadCommandOptions(edgeOptions, at);
  return await examineEdge({ options, ports, transport, baseUrl: addressOf(options), pages });
}

async function lookAtHub(at: At): Promise<Finding[]> {
  const { ports, transport } = at.shell;
  const options = await loadCommandOptions(hubOptions, at);
  const logger = createLogger({ level: 'silent', service: 'doctor' });
  return await examineHub({ options, ports, logger, transport, baseUrl: addressOf(options) });
}

const MARKS: Record<FindingState, string> = { good: 'ok  ', warning: 'look', bad: 'BAD ' };

/** Whoever named a file has to name it to the commands that are advised, too: without it they look elsewhere. */
function configHint(findings: readonly Finding[], config: string | undefined): string[] {
  const hasCommand = findings.some(({ advice }) => advice?.includes('holdfast ') === true);
  return config !== undefined && hasCommand ? [`Give the commands above --config ${config}, too.`] : [];
}

/** The findings for people: what is wrong comes last, where the eye is. */
export function renderFindings(findings: readonly Finding[], paint: Paint): string {
  const colour = { good: paint.green, warning: paint.yellow, bad: paint.red };
  const order: FindingState[] = ['good', 'warning', 'bad'];
  const lines = order.flatMap((state) =>
    findings
      .filter((finding) => finding.state === state)
      .flatMap(({ check, says, advice }) => [
        `${colour[state](MARKS[state])}  ${paint.bold(check)}: ${says}`,
        ...(advice === null ? [] : [`      → ${advice}`]),
      ]),
  );
  const worst = worstOf(findings);
  const summary = {
    good: paint.green('All is well.'),
    warning: paint.yellow('It works; see what to look at above.'),
    bad: paint.red('Something is wrong: see the last lines above.'),
  };
  return [...lines, '', summary[worst]].join('\n');
}
