/**
 * The one writer of a store. It runs groups of commands, each group in one transaction with one fsync and one seal; each
 * command in a savepoint of its own, so that a refused one leaves its neighbours alone.
 *
 * A COMMIT that throws is neither done nor failed: the connection is dropped, the store is opened again and made
 * durable as it is found, and every operation of the group is looked up by its name. Only then is anybody answered.
 */
import { AppError, LIMITS, must, type Ports, randomId } from '@holdfast/base';
import type { Lane } from '@holdfast/protocol';
import Database from 'better-sqlite3-multiple-ciphers';
import { createLimitClock } from '../limit-clock.ts';
import { type Db, openForWriting, type StoreKey } from '../store/open.ts';
import { mapPageError } from '../store/page-error.ts';
import { PRUNE_CHUNK } from '../store/pruning.ts';
import { WORKFLOW_PRUNE_CHUNK } from '../store/workflow-admin.ts';
import { createFunctionSet, type FunctionSet } from '../workflow/functions/index.ts';
import { createPrograms } from '../workflow/programs.ts';
import type { Command, Outcome, Results } from './commands.ts';
import { toFailure } from './commands.ts';
import { HANDLERS, isSolitary } from './handlers/index.ts';
import { findSale } from './handlers/sale.ts';
import { findHandled } from './handlers/workflow.ts';
import { createRoom, type freeBytes, type Room } from './room.ts';
import { openSentinel, type Sentinel, type SentinelMark } from './sentinel.ts';
import { loadState } from './state.ts';
import { prepareStatements, type Statements } from './statements.ts';
import { appendTo, sealTips, type Tip, type Transaction, type WriterState } from './transaction.ts';

export type EngineOptions = {
  store: StoreKey & { synchronous?: 'FULL' | 'NORMAL' | undefined };
  sentinelPath: string;
  reservePath: string;
  reserveBytes: number;
  freeBytesMin: number;
  /** Used for the names of stores until the device is enrolled. */
  storeId: string;
};

/** Where a test may step in, and where warnings go. */
export type EngineHooks = {
  /** Runs the commit; throwing before or after `commit` plays a COMMIT that failed or one that only seemed to. */
  aroundCommit(commit: () => void): void;
  /** Told of what went wrong beside a commit that stands. */
  warn(error: unknown): void;
  /** Bytes that can still be written where a file lies; asks the disk unless given. */
  freeBytes?: typeof freeBytes;
  /** What steps of workflows may name; the functions of the edge unless given. */
  functions?: FunctionSet;
};

export const NO_HOOKS: EngineHooks = { aroundCommit: (commit) => commit(), warn: () => undefined };

/**
 * WAL pages, as estimated from the commands, after which the writer copies them into the database and starts the WAL
 * over. Few at a time: everybody waits meanwhile, and a thousand take some 5 ms.
 */
const CHECKPOINT_PAGES = 600;

/** What `PRAGMA wal_checkpoint` answers: pages in the WAL, and how many of them are in the database now. */
type Checkpoint = { busy: number; log: number; checkpointed: number };

/** Owns the write connection. `failed` is set when the store could not be opened again: the process must end. */
export class WriterEngine {
  readonly #options: EngineOptions;
  readonly #ports: Ports;
  readonly #hooks: EngineHooks;
  readonly #room: Room;
  readonly #sentinel: Sentinel;
  /** Names this life of the process: calls that workflows made in an earlier one have no answer any more. */
  readonly #boot: string;
  readonly #limitMs: () => number;
  readonly #programs = createPrograms();
  readonly #functions: FunctionSet;
  #db: Db;
  #statements: Statements;
  #state: WriterState;
  #pagesSinceCheckpoint = 0;
  /** How to take back what the running command appended. */
  #undo: { lane: Lane; tip: Tip; moved: Tip | undefined }[] = [];
  #failed: unknown;

  constructor(options: EngineOptions, ports: Ports, hooks: EngineHooks = NO_HOOKS) {
    this.#options = options;
    this.#ports = ports;
    this.#hooks = hooks;
    this.#boot = randomId(ports.random);
    this.#functions = hooks.functions ?? createFunctionSet();
    this.#limitMs = createLimitClock(ports.clock);
    this.#room = createRoom({
      reservePath: options.reservePath,
      reserveBytes: options.reserveBytes,
      freeBytesMin: options.freeBytesMin,
      clock: ports.clock,
      freeBytes: hooks.freeBytes,
    });
    this.#room.isFull(); // Makes the reserve now, rather than while the first customer waits.
    this.#db = openForWriting(options.store);
    this.#statements = prepareStatements(this.#db);
    this.#state = loadState(this.#db, options.storeId);
    this.#sentinel = openSentinel(options.sentinelPath);
    this.#checkpoint();
  }

  /** Why the engine gave up, if it did. */
  get failed(): unknown {
    return this.#failed;
  }

  /** Runs commands in order. When it returns, every outcome that is `ok` is on the disk. */
  execute(commands: readonly Command[]): Outcome[] {
    const outcomes: Outcome[] = [];
    let group: Command[] = [];
    let bytes = 0;
    const flush = () => {
      if (group.length > 0) outcomes.push(...this.#runGroup(group));
      group = [];
      bytes = 0;
    };
    for (const command of commands) {
      if (isSolitary(command)) flush();
      group.push(command);
      bytes += bytesOf(command);
      const isFull = group.length >= LIMITS.groupCommitMax || bytes >= LIMITS.groupCommitBytesMax;
      if (isFull || isSolitary(command)) flush();
    }
    flush();
    return outcomes;
  }

  /** Checkpoints and closes; the engine is of no use afterwards. */
  close(): void {
    if (!this.#failed) {
      this.#checkpoint();
      this.#db.close();
    }
    this.#sentinel.close();
  }

  #runGroup(commands: readonly Command[], isRepeat = false): Outcome[] {
    if (this.#failed) return commands.map(() => unknownOutcome(this.#failed));
    const moved = new Map<Lane, Tip>();
    let reload = false;
    const tx = this.#transaction(moved, () => {
      reload = true;
    });
    let outcomes: Outcome[];
    try {
      this.#statements.begin.run();
      outcomes = commands.map((command) => this.#runOne(tx, command, moved));
      sealTips([...moved.values()], { statements: this.#statements, state: this.#state });
    } catch (error) {
      return this.#abandon(commands, error, isRepeat);
    }
    try {
      this.#hooks.aroundCommit(() => this.#statements.commit.run());
    } catch (error) {
      // Its last page was never written, and no fsync has failed: it does not exist, and the log before it is whole.
      if (isDiskFull(error)) return this.#abandon(commands, error, isRepeat);
      return this.#findOut(commands, outcomes, error);
    }
    this.#afterCommit(weightOf(commands), reload);
    return outcomes;
  }

  /** What follows a commit cannot undo it: its outcomes stand, whatever fails here. */
  #afterCommit(weight: number, reload: boolean): void {
    try {
      this.#sentinel.mark(this.#mark());
    } catch (error) {
      // Without its mark a restored copy may go unnoticed until the hub tells.
      this.#hooks.warn(error);
    }
    try {
      if (reload) this.#state = loadState(this.#db, this.#options.storeId);
      this.#maybeCheckpoint(weight);
    } catch (error) {
      this.#hooks.warn(error);
      this.#reopen(error);
    }
  }

  #runOne(tx: Transaction, command: Command, moved: Map<Lane, Tip>): Outcome {
    this.#undo = [];
    this.#statements.savepoint.run();
    try {
      if (takesRoom(command)) this.#room.check();
      const value = run(tx, command);
      this.#statements.release.run();
      return { ok: true, value };
    } catch (error) {
      if (!this.#db.inTransaction) throw error;
      this.#statements.rollbackTo.run();
      this.#statements.release.run();
      this.#takeBack(command, moved);
      return { ok: false, failure: toFailure(this.#mapError(error)) };
    }
  }

  /** A command that runs alone may have changed more than tips, and what it found is in the store unchanged. */
  #takeBack(command: Command, moved: Map<Lane, Tip>): void {
    this.#takeBackTo(0, moved);
    if (!isSolitary(command)) return;
    moved.clear();
    this.#state = loadState(this.#db, this.#options.storeId);
  }

  /** Takes back what was appended after the first `count` operations of the running command. */
  #takeBackTo(count: number, moved: Map<Lane, Tip>): void {
    for (const { lane, tip, moved: before } of this.#undo.splice(count).reverse()) {
      this.#state.tips.set(lane, tip);
      if (before) moved.set(lane, before);
      else moved.delete(lane);
    }
  }

  #runPart<T>(fn: () => T, moved: Map<Lane, Tip>): T {
    const before = this.#undo.length;
    this.#statements.savepointPart.run();
    try {
      const value = fn();
      this.#statements.releasePart.run();
      return value;
    } catch (error) {
      // SQLite may have ended the transaction by itself; then there is no part to go back to.
      if (this.#db.inTransaction) {
        this.#statements.rollbackToPart.run();
        this.#statements.releasePart.run();
      }
      this.#takeBackTo(before, moved);
      throw error;
    }
  }

  #transaction(moved: Map<Lane, Tip>, onReload: () => void): Transaction {
    const nowMs = this.#ports.clock.nowMs();
    const use = { statements: this.#statements, state: this.#state, ports: this.#ports };
    return {
      db: this.#db,
      ...use,
      nowMs,
      nowText: new Date(nowMs).toISOString(),
      workflow: {
        nowMs: Math.floor(this.#limitMs()),
        boot: this.#boot,
        programs: this.#programs,
        functions: this.#functions,
      },
      append: (lane, operation) => {
        const before = must(this.#state.tips.get(lane), `no open stream for ${lane}`);
        const { tip, appended } = appendTo(before, operation, { ...use, saltKey: this.#options.store.key });
        this.#undo.push({ lane, tip: before, moved: moved.get(lane) });
        this.#state.tips.set(lane, tip);
        moved.set(lane, tip);
        return appended;
      },
      part: (fn) => this.#runPart(fn, moved),
      reload: onReload,
    };
  }

  /**
   * The group failed before it was committed: SQLite has rolled it back, or does so now, and nothing of it exists. Once
   * the disk that was full has room again, which the reserve may give, it is run again.
   */
  #abandon(commands: readonly Command[], error: unknown, isRepeat: boolean): Outcome[] {
    const failure = toFailure(this.#mapError(error));
    try {
      if (this.#db.inTransaction) this.#statements.rollback.run();
      this.#state = loadState(this.#db, this.#options.storeId);
    } catch (second) {
      this.#reopen(second);
    }
    if (isDiskFull(error) && !isRepeat && !this.#room.isFull()) return this.#runGroup(commands, true);
    return commands.map(() => ({ ok: false, failure }));
  }

  /** The COMMIT threw: opens the store again and asks it what became of each command. */
  #findOut(commands: readonly Command[], outcomes: readonly Outcome[], error: unknown): Outcome[] {
    const failure = toFailure(this.#mapError(error));
    this.#reopen(error);
    if (this.#failed) return commands.map(() => unknownOutcome(error));
    return commands.map((command, index) => {
      if (command.type === 'sale') return found(this.#statements, command) ?? { ok: false, failure };
      const outcome = outcomes[index];
      if (command.type !== 'workflow' || !outcome?.ok) return unknownOutcome(error);
      const isThere = findHandled(this.#db, outcome.value as Results['workflow']); // The command's.
      return isThere ? outcome : { ok: false, failure };
    });
  }

  /**
   * Opens the store again. What a failed fsync left in the page cache may look written and not be: copying the WAL into
   * the database and syncing it makes what is read from here on durable, or fails.
   */
  #reopen(cause: unknown): void {
    try {
      this.#room.isFull(); // Copying needs room, which the reserve may give.
      this.#db.close();
      this.#db = openForWriting(this.#options.store);
      this.#statements = prepareStatements(this.#db);
      this.#checkpoint('FULL');
      this.#state = loadState(this.#db, this.#options.storeId);
    } catch (error) {
      this.#failed = error ?? cause;
    }
  }

  #maybeCheckpoint(weight: number): void {
    this.#pagesSinceCheckpoint += 2 + weight;
    if (this.#pagesSinceCheckpoint < CHECKPOINT_PAGES) return;
    try {
      this.#checkpoint();
    } catch (error) {
      // The commit stands; a checkpoint that fails leaves the WAL as it is, and the next one tries again.
      if (!(error instanceof Database.SqliteError)) throw error;
      this.#pagesSinceCheckpoint = CHECKPOINT_PAGES / 2;
      this.#room.suspect();
    }
  }

  #checkpoint(mode: 'PASSIVE' | 'FULL' = 'PASSIVE'): void {
    const [row] = this.#db.pragma(`wal_checkpoint(${mode})`) as [Checkpoint]; // One row, by SQLite's manual.
    if (mode === 'FULL' && (row.busy !== 0 || row.checkpointed !== row.log))
      throw new AppError('store_unavailable', 'The WAL could not be copied into the database');
    this.#pagesSinceCheckpoint = Math.max(0, row.log - row.checkpointed);
  }

  #mark(): SentinelMark {
    const tips: Record<string, number> = {};
    for (const [lane, tip] of this.#state.tips) tips[lane] = tip.seq;
    return { db_id: this.#state.dbId, incarnation: this.#state.incarnation, tips };
  }

  #mapError(error: unknown): AppError {
    const mapped = mapPageError(error);
    if (mapped instanceof AppError) return mapped;
    if (!(error instanceof Database.SqliteError))
      return new AppError('internal', undefined, { cause: error });
    // A limit on the size of files shows as a failed write; a dead disk does, too, and is another matter.
    const isFull =
      error.code === 'SQLITE_FULL' || (error.code === 'SQLITE_IOERR_WRITE' && this.#room.isFull());
    this.#room.suspect();
    if (isFull) return new AppError('no_room', 'The disk is full. Nothing was taken.', { cause: error });
    return new AppError('store_unavailable', undefined, { cause: error, headers: { 'retry-after': '1' } });
  }
}

/** WAL pages that commands are expected to fill: two each, but for pruning, which overwrites what it frees. */
function weightOf(commands: readonly Command[]): number {
  return commands.reduce((sum, { type }) => sum + (WEIGHTS.get(type) ?? 2), 0);
}

const WEIGHTS: ReadonlyMap<Command['type'], number> = new Map([
  ['prune', PRUNE_CHUNK],
  ['workflow_prune', WORKFLOW_PRUNE_CHUNK],
]);

/** Of what a command brings with it, when that may be large. */
function bytesOf(command: Command): number {
  if (command.type === 'sale') return Buffer.byteLength(command.text);
  return command.type === 'workflow' ? JSON.stringify(command.order).length : 0;
}

/** What somebody wants taken; what has happened already is recorded as long as there is a byte. */
function takesRoom(command: Command): boolean {
  return command.type === 'sale' || (command.type === 'workflow' && command.order.kind === 'start');
}

function isDiskFull(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code === 'SQLITE_FULL';
}

function run(tx: Transaction, command: Command): Results[Command['type']] {
  // The table pairs every type with its handler; TypeScript cannot follow that through a union.
  const handler = HANDLERS[command.type] as (tx: Transaction, command: Command) => Results[Command['type']];
  return handler(tx, command);
}

function found(statements: Statements, command: Extract<Command, { type: 'sale' }>): Outcome | undefined {
  try {
    const value = findSale(statements, command);
    return value ? { ok: true, value } : undefined;
  } catch (error) {
    if (error instanceof AppError) return { ok: false, failure: toFailure(error) };
    throw error;
  }
}

function unknownOutcome(cause: unknown): Outcome {
  return {
    ok: false,
    failure: toFailure(
      new AppError('outcome_unknown', undefined, { cause, headers: { 'retry-after': '2' } }),
    ),
  };
}
