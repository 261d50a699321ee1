/** Looks whether ports are free before anything is started, so that a taken one costs a sentence and no clean-up. */
import { createServer } from 'node:net';
import { AppError, type Ports } from '@holdfast/base';

const HOST = '127.0.0.1';
const LOOK_EVERY_MS = 100;

/** A port and the flag that chooses it. */
export type WantedPort = { port: number; flag: string };

/**
 * Resolves when all are free. A port that is taken is waited for up to `waitMs`, as a dying predecessor may still hold
 * it; then throws AppError `port_in_use` that names the flag.
 */
export async function waitForFreePorts(
  wanted: readonly WantedPort[],
  { waitMs, ports, signal }: { waitMs: number; ports: Pick<Ports, 'clock' | 'timers'>; signal: AbortSignal },
): Promise<void> {
  const untilMs = ports.clock.monotonicMs() + waitMs;
  for (const { port, flag } of wanted) {
    for (let code = await tryPort(port); code !== undefined && !signal.aborted; code = await tryPort(port)) {
      if (code === 'EACCES')
        throw new AppError('port_in_use', `Port ${port} may not be used by this user (${flag}).`);
      if (ports.clock.monotonicMs() >= untilMs)
        throw new AppError('port_in_use', `Port ${port} is in use by another process (${flag}).`);
      await ports.timers.sleep(LOOK_EVERY_MS, signal);
    }
  }
}

/** The code of what is in the way; undefined for a free port. */
function tryPort(port: number): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(error.code);
      else reject(error);
    });
    server.listen({ port, host: HOST }, () => server.close(() => resolve(undefined)));
  });
}
