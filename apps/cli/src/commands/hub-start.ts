/** `holdfast hub start`. */
import { hubOptions, type RunningHub, seedDemo, startHub } from '@holdfast/hub';
import { createLogger } from '@holdfast/runtime';
import { defineCommand } from '../command.ts';
import { findConfig } from '../config/config-file.ts';
import { loadCommandOptions, optionArgs } from '../config/option-args.ts';
import { runService } from '../shell/run-service.ts';

export const hubStart = defineCommand({
  name: 'hub start',
  summary: 'Runs the hub until it is stopped: knows the devices, receives their journals, keeps the ledger.',
  details:
    'Without --config, hub.toml of this folder is read, or the one `holdfast dev` made. Without a database.url the hub\nruns the PostgreSQL inside npm in its data folder. Logs are JSON lines on stderr.',
  examples: [
    ['holdfast hub start --config hub.toml', 'as the file says'],
    ['DATABASE_URL=postgres://… holdfast hub start', 'on a PostgreSQL that is there'],
  ],
  args: {
    config: { type: 'string', description: 'Configuration file', valueHint: 'FILE' },
    demo: { type: 'boolean', description: 'Fill the demonstration store with articles and people' },
    ...optionArgs(hubOptions),
  },
  async run(args, shell) {
    const flag = typeof args.config === 'string' ? args.config : undefined;
    const configPath = findConfig('hub', { flag, shell });
    const options = await loadCommandOptions(hubOptions, { args, shell, configPath });
    const logger = createLogger({ level: options.logLevel, service: 'hub' });
    await runService({ shell, logger, json: args.json === true }, async (signal) => {
      const hub = await startHub({ options, ports: shell.ports, logger, signal });
      if (args.demo === true) await seedDemoOrClose(hub);
      return {
        ready: { service: 'hub', url: hub.url, port: hub.port },
        text: `The hub is ready at ${hub.url} (API: ${hub.url}/docs)`,
        close: () => hub.close(),
      };
    });
    return undefined;
  },
});

/** A hub that cannot be filled is not left running: its PostgreSQL would keep the process alive. */
async function seedDemoOrClose(hub: RunningHub): Promise<void> {
  try {
    await seedDemo(hub.context);
  } catch (error) {
    await hub.close();
    throw error;
  }
}
