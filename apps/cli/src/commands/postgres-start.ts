/**
 * `holdfast postgres start`: the guard of an embedded PostgreSQL. It is a process of its own, so that the database
 * neither ends with a hub nor outlives the one who started it.
 */
import { resolve } from 'node:path';
import { AppError } from '@holdfast/base';
import { startEmbeddedPostgres } from '@holdfast/hub';
import { createLogger } from '@holdfast/runtime';
import { defineCommand } from '../command.ts';
import { runService } from '../shell/run-service.ts';

export const postgresStart = defineCommand({
  name: 'postgres start',
  summary: 'Runs the PostgreSQL inside npm until it is stopped, on a free port of this machine.',
  examples: [
    [
      'holdfast postgres start --folder .holdfast/hub/postgres',
      'the database of `holdfast dev`, without its hub',
    ],
  ],
  args: {
    folder: {
      type: 'string',
      required: true,
      description: 'Folder of the cluster, its password and its log',
      valueHint: 'DIR',
    },
  },
  async run(args, shell) {
    const logger = createLogger({ level: 'info', service: 'postgres' });
    const folder = resolve(shell.cwd, args.folder);
    await runService({ shell, logger, json: args.json === true }, async () => {
      const server = await startEmbeddedPostgres({ folder, logger, ports: shell.ports });
      const { port } = new URL(server.url);
      return {
        ready: { service: 'postgres', url: server.url, port: Number(port), pid: server.pid },
        text: `PostgreSQL is ready on port ${port}; its password is in ${folder}/password`,
        failed: server.exited.then(({ code, signal }) => {
          throw new AppError('postgres_failed', `PostgreSQL ended by itself (${signal ?? `code ${code}`}).`);
        }),
        close: () => server.stop(),
      };
    });
    return undefined;
  },
});
