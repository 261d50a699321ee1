/** Starts, awaits and kills the processes of an edge, one life after the other on the same data folder. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { systemTimers } from '@holdfast/base';

/** What the process is told: the flags of the edge's options, and the control's weaker durability. */
export type ToEdge = { flags: Record<string, string>; synchronous?: 'NORMAL' | undefined };

export type FromEdge = { kind: 'loaded' } | { kind: 'ready'; url: string; apiToken: string };

export type ReadyEdge = { kind: 'ready'; url: string; apiToken: string };

/** How a process ended; `stderr` is the last it wrote. */
export type EndedEdge = { kind: 'ended'; code: number | null; stderr: string };

export type EdgeChild = {
  /** Resolves when its modules are loaded and it waits to be told to start. */
  loaded: Promise<unknown>;
  /** Opens the store and listens. Resolves also when the process ends before it is ready, however it ends. */
  start(input: ToEdge): Promise<ReadyEdge | EndedEdge>;
  ended: Promise<EndedEdge>;
  /** Holds the process still (SIGSTOP) while `use` runs: nothing on its disk changes meanwhile. */
  whileFrozen<T>(use: () => T): Promise<T>;
  /** SIGKILL; resolves once the process is gone. */
  kill(): Promise<EndedEdge>;
  /** SIGTERM, and SIGKILL should it take longer than 10 s; resolves once the process is gone. */
  stop(): Promise<EndedEdge>;
};

const ENTRY = fileURLToPath(new URL('./edge-process.ts', import.meta.url));
const STOP_MS = 10_000;
/** Until every thread of a process that is told to hold still has ended the call it is in. */
const FREEZE_MS = 20;
const STDERR_CHARS = 4_000;

/**
 * Spawns a process that loads the edge and waits. `cacheFolder` keeps compiled modules between lives. `under` is a
 * command line that runs the rest of its arguments in its own place, as the same process; `env` is added to ours;
 * `entry` is the module to run, which must live as `edge-process.ts` does.
 */
export function spawnEdge(at: {
  cacheFolder: string;
  under?: readonly string[];
  env?: Record<string, string>;
  entry?: string;
}): EdgeChild {
  const [command, ...args] = [...(at.under ?? []), process.execPath, at.entry ?? ENTRY];
  const child = spawn(command ?? process.execPath, args, {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    detached: true, // Ctrl-C is for the campaign, which ends its edges itself; the channel ends them in any case.
    env: { ...process.env, NODE_COMPILE_CACHE: at.cacheFolder, ...at.env },
  });
  let stderr = '';
  child.stderr?.on('data', (chunk) => {
    stderr = (stderr + String(chunk)).slice(-STDERR_CHARS);
  });
  const ended = new Promise<EndedEdge>((resolve) => {
    child.once('close', (code) => resolve({ kind: 'ended', code, stderr }));
  });
  const heard = <K extends FromEdge['kind']>(kind: K) => messageOf(child, kind);
  const loaded = Promise.race([heard('loaded'), ended]);
  return {
    loaded,
    ended,
    async start(input) {
      const ready = heard('ready');
      await loaded;
      // A process that was killed meanwhile has no channel; `ended` says so.
      if (child.connected) child.send(input, () => undefined);
      return await Promise.race([ready, ended]);
    },
    async whileFrozen(use) {
      child.kill('SIGSTOP');
      try {
        await systemTimers.sleep(FREEZE_MS);
        return use();
      } finally {
        child.kill('SIGCONT');
      }
    },
    kill() {
      child.kill('SIGKILL');
      return ended;
    },
    async stop() {
      child.kill('SIGTERM');
      const cancel = systemTimers.after(STOP_MS, () => child.kill('SIGKILL'));
      const how = await ended;
      cancel();
      return how;
    },
  };
}

function messageOf<K extends FromEdge['kind']>(
  child: ChildProcess,
  kind: K,
): Promise<Extract<FromEdge, { kind: K }>> {
  return new Promise((resolve) => {
    child.on('message', (message: FromEdge) => {
      if (message.kind === kind) resolve(message as Extract<FromEdge, { kind: K }>); // The kind was compared.
    });
  });
}
