/** An edge in a process of its own, with a real store, that also tells what it has used. */
import { systemPorts } from '@holdfast/base';
import { edgeOptions, initEdge, startEdge } from '@holdfast/edge';
import { createLogger, loadOptions } from '@holdfast/runtime';
import { serveParent } from './child.ts';
import { usageNow } from './usage.ts';

await serveParent('bench-edge', async (settings: { folder: string }) => {
  const flags = { data: settings.folder, port: '0', 'log-level': 'error' };
  const options = loadOptions(edgeOptions, { env: {}, flags });
  const logger = createLogger({ level: options.logLevel, service: 'edge' });
  await initEdge({ options, ports: systemPorts });
  const edge = await startEdge({ options, ports: systemPorts, logger });
  return {
    ready: { port: edge.port, token: edge.apiToken },
    answer: usageNow,
    close: () => edge.close(),
  };
});
