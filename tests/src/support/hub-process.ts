/** A hub as a process that a campaign can kill. It loads its modules and then waits to be told, as an edge does. */
import { once } from 'node:events';
import { flushCompileCache } from 'node:module';
import { systemPorts as ports } from '@holdfast/base';
import { hubOptions, seedDemo, startHub } from '@holdfast/hub';
import { createLogger, loadOptions, runProcess } from '@holdfast/runtime';
import type { FromHub, ToHub } from './hub-child.ts';

const send = (message: FromHub) => process.send?.(message);
const logger = createLogger({ level: 'error', service: 'hub' });

await runProcess(
  async (signal) => {
    const stopped = once(signal, 'abort');
    const told = once(process, 'message');
    flushCompileCache(); // A process that is killed does not come to write it.
    send({ kind: 'loaded' });
    const [message] = await Promise.race([told, stopped.then((): [undefined] => [undefined])]);
    if (message === undefined) return;
    const { flags, demo }: ToHub = message;
    const options = loadOptions(hubOptions, { env: {}, flags });
    const hub = await startHub({ options, ports, logger, signal });
    if (demo) await seedDemo(hub.context);
    send({ kind: 'ready', url: hub.url, operatorToken: hub.operatorToken });
    await stopped;
    await hub.close();
  },
  { logger },
);
