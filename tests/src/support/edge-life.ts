/**
 * The life of an edge process that a campaign can kill. It loads its modules and then waits to be told: the next life of
 * an edge is loaded while the one before still sells, and a kill falls into what touches the store, not into loading.
 */
import { once } from 'node:events';
import { flushCompileCache } from 'node:module';
import { AppError, systemPorts as ports } from '@holdfast/base';
import { edgeOptions, initEdge, startEdge } from '@holdfast/edge';
import { createLogger, loadOptions, runProcess } from '@holdfast/runtime';
import type { FromEdge, ToEdge } from './edge-child.ts';

/** What a suite puts into the edge that it kills. */
type Own = Partial<Pick<Parameters<typeof startEdge>[0], 'transport' | 'openWriter' | 'workflow'>>;

const send = (message: FromEdge) => process.send?.(message);

/** Runs the process until it is stopped. */
export async function liveAsEdge(own: Own = {}): Promise<void> {
  const logger = createLogger({ level: 'error', service: 'edge' });
  await runProcess(
    async (signal) => {
      const stopped = once(signal, 'abort');
      const told = once(process, 'message');
      flushCompileCache(); // A process that is killed does not come to write it.
      send({ kind: 'loaded' });
      const [message] = await Promise.race([told, stopped.then((): [undefined] => [undefined])]);
      if (message === undefined) return;
      const { flags, synchronous }: ToEdge = message;
      const options = loadOptions(edgeOptions, { env: {}, flags });
      await initEdge({ options, ports });
      const input = { options, ports, logger, ...own };
      const edge = await startEdge(synchronous === undefined ? input : { ...input, synchronous });
      send({ kind: 'ready', url: edge.url, apiToken: edge.apiToken });
      const failed = edge.failed.then((cause) => {
        throw new AppError('store_unavailable', 'The store has failed.', { cause });
      });
      try {
        await Promise.race([stopped, failed]);
      } finally {
        await edge.close();
      }
    },
    { logger },
  );
}
