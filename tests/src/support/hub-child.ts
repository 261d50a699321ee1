/** Starts, awaits and kills the processes of a hub, one life after the other. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What the process is told: the flags of the hub's options, and whether to set up the demonstration store. */
export type ToHub = { flags: Record<string, string>; demo: boolean };

export type ReadyHub = { kind: 'ready'; url: string; operatorToken: string };

export type FromHub = { kind: 'loaded' } | ReadyHub;

export type HubChild = {
  /** Of the process; undefined when it could not be spawned. */
  readonly pid: number | undefined;
  /** Resolves when it answers. Throws, with what it said, when it ends before. */
  start(input: ToHub): Promise<ReadyHub>;
  /** SIGKILL; resolves once the process is gone. */
  kill(): Promise<void>;
  /** SIGTERM, on which it ends its PostgreSQL as well; resolves once the process is gone. */
  stop(): Promise<void>;
};

const ENTRY = fileURLToPath(new URL('./hub-process.ts', import.meta.url));
const STDERR_CHARS = 4_000;

/** Spawns a process that loads the hub and waits. `cacheFolder` keeps compiled modules between lives. */
export function spawnHub({ cacheFolder }: { cacheFolder: string }): HubChild {
  const child = spawn(process.execPath, [ENTRY], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    detached: true, // Ctrl-C is for the campaign, which ends its hub itself; the channel ends it in any case.
    env: { ...process.env, NODE_COMPILE_CACHE: cacheFolder },
  });
  let stderr = '';
  child.stderr?.on('data', (chunk) => {
    stderr = (stderr + String(chunk)).slice(-STDERR_CHARS);
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const heard = <K extends FromHub['kind']>(kind: K) =>
    new Promise<Extract<FromHub, { kind: K }>>((resolve) => {
      child.on('message', (message: FromHub) => {
        if (message.kind === kind) resolve(message as Extract<FromHub, { kind: K }>); // The kind was compared.
      });
    });
  const loaded = heard('loaded');
  return {
    pid: child.pid,
    async start(input) {
      const ready = heard('ready');
      await Promise.race([loaded, ended]);
      if (child.connected) child.send(input, () => undefined);
      const outcome = await Promise.race([ready, ended]);
      if (outcome === null || typeof outcome === 'number')
        throw new Error(`The hub did not start; it ended with ${outcome}: ${stderr}`);
      return outcome;
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
