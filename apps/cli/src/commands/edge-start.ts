/** `holdfast edge start`, and `holdfast start`, its short name. */
import { AppError } from '@holdfast/base';
import { edgeOptions, initEdge, startEdge } from '@holdfast/edge';
import { createLogger, type Environment } from '@holdfast/runtime';
import { type Command, defineCommand } from '../command.ts';
import { findConfig } from '../config/config-file.ts';
import { loadCommandOptions, optionArgs } from '../config/option-args.ts';
import { runService } from '../shell/run-service.ts';

export const edgeStart = defineEdgeStart('edge start');
export const start = defineEdgeStart('start');

function defineEdgeStart(name: string): Command {
  return defineCommand({
    name,
    summary: 'Runs the edge until it is stopped: takes sales, keeps them, sends them to the hub.',
    details:
      'Without --config, edge.toml of this folder is read, or the one `holdfast dev` made. Logs are JSON lines on stderr.\nCtrl-C and SIGTERM stop it; nothing that was acknowledged is lost by kill -9 either.',
    examples: [
      [`holdfast ${name} --config edge.toml`, 'as the file says'],
      [`holdfast ${name} --config edge.toml --port 4101`, 'on another port than the file says'],
    ],
    args: {
      config: { type: 'string', description: 'Configuration file', valueHint: 'FILE' },
      create: { type: 'boolean', description: 'Make the store first where there is none' },
      ...optionArgs(edgeOptions),
    },
    async run(args, shell) {
      const flag = typeof args.config === 'string' ? args.config : undefined;
      const configPath = findConfig('edge', { flag, shell });
      const options = await loadCommandOptions(edgeOptions, { args, shell, configPath });
      const logger = createLogger({ level: options.logLevel, service: 'edge' });
      const { ports } = shell;
      await runService({ shell, logger, json: args.json === true }, async () => {
        if (args.create === true) await initEdge({ options, ports });
        const edge = await startEdge({
          options,
          ports,
          logger,
          workflow: { secretOf: secretsIn(shell.env) },
        });
        return {
          ready: { service: 'edge', url: edge.url, port: edge.port },
          text: `The edge is ready at ${edge.url} (API: ${edge.url}/docs)`,
          failed: edge.failed.then((cause) => {
            throw new AppError(
              'store_unavailable',
              'The store has failed; the edge ends to open it afresh.',
              { cause },
            );
          }),
          close: () => edge.close(),
        };
      });
      return undefined;
    },
  });
}

/** Secrets of workflows, by the environment; as with every option, an empty text counts as not set. */
function secretsIn(env: Environment): (name: string) => string | undefined {
  return (name) => env[`HOLDFAST_SECRET_${name}`] || undefined;
}
