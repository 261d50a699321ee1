/**
 * Runs an edge, a hub or a database as this process. Standing alone it says on stdout when it is ready. As a child of
 * `holdfast dev` it tells its parent so over their channel, and why it failed; and it leaves Ctrl-C to the parent,
 * for a terminal sends that to the whole process group, while the parent knows the order to stop in.
 */
import { isAppError } from '@holdfast/base';
import { type Logger, runProcess } from '@holdfast/runtime';
import type { Shell } from './shell.ts';

/** What a child tells its parent. */
export type ChildMessage =
  | { kind: 'ready'; service: string; url: string; port: number; pid?: number }
  | { kind: 'failed'; code: string; message: string };

/** A started service. */
export type StartedService = {
  ready: { service: string; url: string; port: number; pid?: number };
  /** What people are told when it stands alone. */
  text: string;
  /** Rejects when the service has ended by itself. */
  failed?: Promise<never>;
  close(): Promise<void>;
};

/** Starts a service, waits for its end or the signal to stop, and closes it. Sets the exit code. */
export async function runService(
  { shell, logger, json }: { shell: Shell; logger: Logger; json: boolean },
  startService: (signal: AbortSignal) => Promise<StartedService>,
): Promise<void> {
  await runProcess(
    async (signal) => {
      if (process.send !== undefined) leaveInterruptsToParent();
      try {
        const service = await startService(signal);
        if (process.send !== undefined) await tellParent({ kind: 'ready', ...service.ready });
        else shell.print(json ? JSON.stringify(withoutPassword(service.ready)) : service.text);
        try {
          await Promise.race([aborted(signal), ...(service.failed === undefined ? [] : [service.failed])]);
        } finally {
          await service.close();
        }
      } catch (error) {
        // Told to stop before it was up: that is no error.
        if (signal.aborted && error === signal.reason) return;
        logger.error({ err: error }, 'ended by an error');
        if (isAppError(error)) await tellParent({ kind: 'failed', code: error.code, message: error.message });
        throw error;
      }
    },
    { logger },
  );
}

/** `runProcess` has just set its own handler of SIGINT; SIGTERM and the end of the channel still stop this process. */
function leaveInterruptsToParent(): void {
  process.removeAllListeners('SIGINT');
  process.on('SIGINT', () => {});
}

function tellParent(message: ChildMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) return resolve();
    // A parent that is gone needs no telling; its end stops this process by the channel's own event.
    process.send(message, () => resolve());
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function withoutPassword<T extends { url: string }>(ready: T): T {
  const url = new URL(ready.url);
  url.password = '';
  return { ...ready, url: url.href.replace(/\/$/, '') };
}
