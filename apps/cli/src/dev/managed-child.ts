/**
 * A child process that is kept running: when it ends by itself it is started again, later each time. It stays in the
 * process group of its parent, and an IPC channel tells it when the parent is gone, however that ends.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AppError, backoffMs, CODES, type ErrorCode, type Ports } from '@holdfast/base';
import type { Environment } from '@holdfast/runtime';
import type { ChildMessage } from '../shell/run-service.ts';
import { boundLog, openLog } from './log-file.ts';

/** How a child is started; asked for at each start. */
export type ChildSpec = {
  /** Such as `edge-1`. */
  name: string;
  /** The words after `holdfast`. */
  words: readonly string[];
  env(): Environment;
  cwd: string;
  logFile: string;
};

/** What a child says when it is ready. */
export type Ready = Extract<ChildMessage, { kind: 'ready' }>;

type Exit = { code: number | null; signal: NodeJS.Signals | null };
type Run = { process: ChildProcess; exited: Promise<Exit>; ready: Ready; readyMs: number };

const ENTRY = fileURLToPath(new URL('../../bin/holdfast.js', import.meta.url));
const RESTART_CAP_SECONDS = 15;
const FIRST_RESTART_MS = 100;
/** How long a child may take to stop when it is to start again. */
const RESTART_GRACE_MS = 5_000;
const LIVED_LONG_MS = 60_000;
const LOG_BOUND_EVERY_MS = 15_000;

export class ManagedChild {
  readonly #spec: ChildSpec;
  readonly #ports: Ports;
  readonly #note: (line: string) => void;
  readonly #onReady: (ready: Ready) => void;
  readonly #stop = new AbortController();
  #current: { process: ChildProcess; exited: Promise<Exit> } | undefined;
  #keeping: Promise<void> | undefined;
  #isAskedFor = false;
  #pid: number | undefined;

  /** `onReady` is called after every start, the first one too; `note` gets one line for each restart. */
  constructor(
    spec: ChildSpec,
    options: { ports: Ports; note: (line: string) => void; onReady?: (ready: Ready) => void },
  ) {
    this.#spec = spec;
    this.#ports = options.ports;
    this.#note = options.note;
    this.#onReady = options.onReady ?? (() => {});
  }

  /** The process that the child said does its work, such as the postmaster of a guard. */
  get servicePid(): number | undefined {
    return this.#pid;
  }

  /** Starts the child for the first time and keeps it running from then on. Throws the AppError it failed with. */
  async start(): Promise<Ready> {
    const run = await this.#spawn();
    this.#keeping = this.#keep(run);
    void this.#boundLog();
    return run.ready;
  }

  /** Ends the running process so that it is started again at once, with its `env` of then. */
  restart(): void {
    this.#isAskedFor = true;
    const current = this.#current;
    if (current === undefined) return;
    current.process.kill('SIGTERM');
    const cancel = this.#ports.timers.after(RESTART_GRACE_MS, () => current.process.kill('SIGKILL'));
    void current.exited.then(cancel);
  }

  /** From now on its end is expected, and it is not started again. */
  retire(): void {
    this.#stop.abort();
  }

  /** Ends the child for good: SIGTERM, and SIGKILL after `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    this.#stop.abort();
    const current = this.#current;
    if (current !== undefined) {
      current.process.kill('SIGTERM');
      const cancel = this.#ports.timers.after(graceMs, () => current.process.kill('SIGKILL'));
      await current.exited;
      cancel();
    }
    await this.#keeping;
  }

  /** Ends the child without a word. */
  kill(): void {
    this.#stop.abort();
    this.#current?.process.kill('SIGKILL');
  }

  async #keep(first: Run): Promise<void> {
    const { name } = this.#spec;
    let failures = 0;
    for (let run: Run | undefined = first; ; ) {
      const exit: Exit = await run.exited;
      if (this.#stop.signal.aborted) return;
      if (this.#ports.clock.monotonicMs() - run.readyMs > LIVED_LONG_MS) failures = 0;
      if (!this.#isAskedFor)
        this.#note(`${name} ended by itself (${describeExit(exit)}) and is started again`);
      for (run = undefined; run === undefined; failures += 1) {
        await this.#ports.timers.sleep(this.#delayMs(failures), this.#stop.signal);
        if (this.#stop.signal.aborted) return;
        run = await this.#tryAgain();
      }
      this.#note(`${name} is running again`);
    }
  }

  async #tryAgain(): Promise<Run | undefined> {
    this.#isAskedFor = false;
    try {
      return await this.#spawn();
    } catch (error) {
      if (this.#stop.signal.aborted || !(error instanceof AppError)) return undefined;
      this.#note(`${this.#spec.name} does not start: ${error.message}`);
      return undefined;
    }
  }

  #delayMs(failures: number): number {
    if (failures === 0) return FIRST_RESTART_MS;
    return backoffMs({ failures: failures - 1, random: this.#ports.random, capSeconds: RESTART_CAP_SECONDS });
  }

  async #spawn(): Promise<Run> {
    if (this.#stop.signal.aborted) throw new AppError('internal', `${this.#spec.name} is being stopped.`);
    const { words, env, cwd, logFile } = this.#spec;
    boundLog(logFile);
    const log = openLog(logFile);
    const child = spawn(process.execPath, [...process.execArgv, ENTRY, ...words], {
      cwd,
      env: env(),
      stdio: ['ignore', log, log, 'ipc'],
    });
    closeSync(log);
    const exited = exitOf(child);
    const current = { process: child, exited };
    this.#current = current;
    void exited.then(() => {
      if (this.#current === current) this.#current = undefined;
    });
    const ready = await this.#untilReady(child, exited);
    this.#pid = ready.pid ?? child.pid;
    this.#onReady(ready);
    return { process: child, exited, ready, readyMs: this.#ports.clock.monotonicMs() };
  }

  #untilReady(child: ChildProcess, exited: Promise<Exit>): Promise<Ready> {
    return new Promise((resolve, reject) => {
      let failure: AppError | undefined;
      child.on('message', (message: ChildMessage) => {
        if (message.kind === 'ready') resolve(message);
        else failure = new AppError(isCode(message.code) ? message.code : 'internal', message.message);
      });
      void exited.then((exit) => reject(failure ?? this.#unexplained(exit)));
    });
  }

  #unexplained(exit: Exit): AppError {
    const { name, logFile } = this.#spec;
    return new AppError(
      'internal',
      `${name} ended while it started (${describeExit(exit)}); see ${logFile}.`,
    );
  }

  async #boundLog(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.#ports.timers.sleep(LOG_BOUND_EVERY_MS, this.#stop.signal);
      boundLog(this.#spec.logFile);
    }
  }
}

function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => resolve({ code: null, signal: null }));
  });
}

function describeExit({ code, signal }: Exit): string {
  return signal ?? `exit code ${code}`;
}

function isCode(code: string): code is ErrorCode {
  return Object.hasOwn(CODES, code);
}
