/** The adapter to the process: signals, the parent, exit codes. Nothing else touches them. */
import { AppError, type Cancel, CODES, systemTimers } from '@holdfast/base';
import type { Logger } from './logger.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const EXIT_SOFTWARE = 70;
/** From the end of `main` to a forced exit, should something still hold the event loop. */
const EXIT_GRACE_MS = 5_000;

/**
 * Runs `main` until it returns. SIGINT, SIGTERM and, in a child with an IPC channel, the end of the parent abort
 * `signal`; a second signal exits at once. An AppError is told in one sentence on stderr and sets exit code 1
 * (2 for `usage`); any other error is a defect: its stack is printed and the code is 70.
 */
export async function runProcess(
  main: (signal: AbortSignal) => Promise<void>,
  { logger }: { logger: Logger },
): Promise<void> {
  const stop = new AbortController();
  const onSignal = (name: NodeJS.Signals) => {
    if (stop.signal.aborted) process.exit(name === 'SIGINT' ? 130 : 143);
    logger.info({ signal: name }, 'stopping');
    stop.abort();
  };
  const onDisconnect = () => {
    logger.info('stopping: the parent process is gone');
    stop.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  if (process.send !== undefined) process.once('disconnect', onDisconnect);
  try {
    await main(stop.signal);
  } catch (error) {
    process.exitCode = tell(error);
  } finally {
    process.off('disconnect', onDisconnect);
    // The channel of a child holds its event loop; main has ended, so nobody listens any more.
    if (process.connected) process.disconnect();
    systemTimers.after(EXIT_GRACE_MS, () => process.exit());
  }
}

/** Calls `fn` at each SIGHUP, which then does not end the process; returns how to stop that. */
export function onHangup(fn: () => void): Cancel {
  process.on('SIGHUP', fn);
  return () => process.off('SIGHUP', fn);
}

/** Writes the error for a person and returns the exit code. */
function tell(error: unknown): number {
  if (error instanceof AppError) {
    process.stderr.write(`${error.message}\n${CODES[error.code].action}\n`);
    return error.code === 'usage' ? EXIT_USAGE : EXIT_FAILED;
  }
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return EXIT_SOFTWARE;
}
