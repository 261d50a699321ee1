/** A process that starts PostgreSQL in the folder of its argument and waits; its tests kill it without warning. */
import { must, systemPorts } from '@holdfast/base';
import { createLogger } from '@holdfast/runtime';
import { startEmbeddedPostgres } from './embedded.ts';

const server = await startEmbeddedPostgres({
  folder: must(process.argv[2], 'the folder is the argument'),
  logger: createLogger({ level: 'silent', service: 'test' }),
  ports: systemPorts,
});
process.send?.({ url: server.url, pid: server.pid });
process.once('message', async () => {
  await server.stop();
  process.disconnect();
});
