/** One life of the process that runs workflows, for tests: its writer is in-line, and its commits do as they are told. */
import { isAppError, supervise, type VirtualPorts } from '@holdfast/base';
import type { Transport } from '@holdfast/client';
import Database from 'better-sqlite3-multiple-ciphers';
import { openForReading } from '../store/open.ts';
import { silent, type testFolder } from '../testing.ts';
import type { Command, Outcome } from '../writer/commands.ts';
import { NO_HOOKS, WriterEngine } from '../writer/engine.ts';
import { createInlineWriter } from '../writer/inline-writer.ts';
import type { Writer } from '../writer/writer.ts';
import { noAcquirer } from './acquirer-port.ts';
import { createFunctionSet, type FunctionSet } from './functions/index.ts';
import { type Hardware, noHardware } from './hardware-port.ts';
import { createSlips } from './slips.ts';
import { createWorkflows, type Workflows } from './workflows.ts';

/** What happens to the commits of the store. */
export type CommitPlan = {
  /** Called with the number of each group before it is written; `kill` ends the process there, nothing written. */
  before?: (group: number) => 'kill' | undefined;
  /** The same once it is on the disk, and before anybody is answered. */
  after?: (group: number) => 'kill' | undefined;
  /** Plays a COMMIT that fails: before it, or after it only seemed to. */
  fail?: (group: number) => 'before' | 'after' | undefined;
};

/** What the edge has around it. */
export type Surroundings = {
  hardware?: Partial<Hardware>;
  transport?: Transport;
  hosts?: readonly string[];
  functions?: FunctionSet;
};

/** What outlives the process: `groups` counts those that its writer has begun. */
export type Facts = { online: boolean; sales: number; groups: number };

export type Life = {
  engine: WriterEngine;
  workflows: Workflows;
  readonly isDead: boolean;
  /** Ends it; what waits is answered by nobody. */
  end(): void;
};

/** Ends the process in the middle of what it does. */
class Killed extends Error {}

type Folder = Awaited<ReturnType<typeof testFolder>>;
type LifeInput = Surroundings &
  Pick<Folder, 'engine' | 'options'> & { plan: CommitPlan; ports: VirtualPorts; facts: Facts };

/** Begins a life on a store that nobody else has open; its services run at once. */
export function beginLife(input: LifeInput): Life {
  const { ports, facts, options } = input;
  const state = { isDead: false };
  const { engine, writer } = openWriter(input, state);
  const db = openForReading(input.engine.store);
  const stop = new AbortController();
  const link = {
    get online() {
      return facts.online;
    },
  };
  const workflows = createWorkflows({
    ...{ db, writer, ports, logger: silent, plugins: { AI_INFERENCE: noPlugin, WASM: noPlugin } },
    functions: input.functions ?? createFunctionSet(),
    outside: {
      ...{ hardware: { ...noHardware, ...input.hardware }, acquirer: noAcquirer, logger: silent, link },
      slips: createSlips({ db, options, enrolment: () => undefined, nowMs: () => ports.clock.nowMs() }),
    },
    http: {
      transport: input.transport ?? (() => Promise.reject(new Error('there is no network'))),
      hosts: new Set(input.hosts),
      secretOf: () => undefined,
    },
    noteSale: () => {
      facts.sales += 1;
    },
    currency: () => 'SEK',
    nowMs: () => ports.clock.nowMs(),
    folder: `${options.dataFolder}/workflows`,
    retentionMs: 90 * 86_400_000,
  });
  const signal = stop.signal;
  for (const service of workflows.services) void supervise(service, { ports, signal, onFailure: raise });
  const end = () => {
    if (!db.open) return;
    state.isDead = true;
    stop.abort();
    db.close();
  };
  return {
    engine,
    workflows,
    end,
    get isDead() {
      return state.isDead;
    },
  };
}

function openWriter(input: LifeInput, state: { isDead: boolean }): { engine: WriterEngine; writer: Writer } {
  const { plan, facts, ports } = input;
  const engine = new WriterEngine(input.engine, ports, {
    ...NO_HOOKS,
    ...(input.functions && { functions: input.functions }),
    aroundCommit(commit) {
      const failing = plan.fail?.(facts.groups);
      if (failing === 'before') throw new Database.SqliteError('disk I/O error', 'SQLITE_IOERR_FSYNC');
      commit();
      if (failing === 'after') throw new Database.SqliteError('disk I/O error', 'SQLITE_IOERR_FSYNC');
    },
  });
  const die = () => {
    state.isDead = true;
    throw new Killed();
  };
  const execute = (commands: readonly Command[]): Outcome[] => {
    facts.groups += 1;
    if (plan.before?.(facts.groups) === 'kill') die();
    const outcomes = engine.execute(commands);
    if (plan.after?.(facts.groups) === 'kill') die();
    return outcomes;
  };
  const inner = createInlineWriter(
    { execute, close: () => undefined, failed: undefined },
    {
      later: (write) =>
        queueMicrotask(() => {
          try {
            write();
          } catch (error) {
            if (!(error instanceof Killed)) throw error;
          }
        }),
    },
  );
  const submit: Writer['submit'] = (command) =>
    state.isDead ? new Promise<never>(() => undefined) : inner.submit(command);
  return { engine, writer: { ...inner, submit } };
}

const noPlugin = () => Promise.reject(new Error('there are no plug-ins'));

/** A service that fails for another reason than the store is a defect. */
function raise({ error }: { error: unknown }): void {
  if (isAppError(error)) return;
  queueMicrotask(() => {
    throw error;
  });
}
