/** The writer of a simulated edge: the product's engine in-line, with a commit that takes virtual time and may fail. */
import {
  type Command,
  createInlineWriter,
  type EngineOptions,
  type Outcome,
  type Writer,
  WriterEngine,
} from '@holdfast/edge';
import type { CommitFaults } from './commit-faults.ts';
import { Killed, type Life, unlessKilled } from './life.ts';
import type { World } from './world.ts';

/** The longest time until a group is written: what arrives meanwhile shares its commit. */
const WRITE_MS_MAX = 12;

/** A writer, and how to close its files once its process was killed: what waits in it is gone. */
export type SimulatedWriter = { writer: Writer; drop(): void };

export function openSimulatedWriter(
  world: World,
  edge: {
    name: string;
    life: Life;
    options: EngineOptions;
    faults: CommitFaults;
    freeBytes: () => number;
    /** While it starts nobody moves the clock: commands are written at once. */
    isStarting: () => boolean;
  },
): SimulatedWriter {
  const { life, faults, name } = edge;
  const random = world.randomFor(`writes of ${name}`);
  let kinds: Command['type'][] = [];
  const engine = new WriterEngine(edge.options, life.ports, {
    aroundCommit: (commit) => faults.aroundCommit(kinds, commit),
    warn: (error) => world.logger(name).warn({ err: error }, 'something failed beside a commit that stands'),
    freeBytes: edge.freeBytes,
  });
  const execute = (commands: readonly Command[]): Outcome[] => {
    kinds = commands.map(({ type }) => type);
    const outcomes = engine.execute(commands);
    // The engine takes a kill for a COMMIT that failed; nobody hears what it makes of that.
    if (life.isOver) throw new Killed();
    noteCommands(world, name, commands, outcomes);
    return outcomes;
  };
  const inner = createInlineWriter(
    {
      execute,
      close: () => engine.close(),
      get failed() {
        return engine.failed;
      },
    },
    {
      queueMax: world.plan.writerQueueMax,
      later: (write) => {
        if (edge.isStarting()) queueMicrotask(() => unlessKilled(write));
        else life.ports.timers.after(random.unit() * WRITE_MS_MAX, write);
      },
    },
  );
  const writer: Writer = {
    failed: inner.failed,
    get waiting() {
      return inner.waiting;
    },
    submit: (command) => {
      try {
        faults.onSubmit(command.type);
      } catch (error) {
        if (error instanceof Killed) return new Promise<never>(() => undefined);
        throw error;
      }
      return inner.submit(command);
    },
    close: () => inner.close(),
  };
  return { writer, drop: () => engine.close() };
}

function noteCommands(
  world: World,
  name: string,
  commands: readonly Command[],
  outcomes: readonly Outcome[],
): void {
  const { trace, observer, scheduler } = world;
  const kinds = commands.map(({ type }, index) => (outcomes[index]?.ok ? type : `${type}!`));
  trace.note(scheduler.nowMs, `${name} wrote ${kinds.join(' ')}`);
  if (commands.filter(({ type }) => type === 'sale').length > 1) observer.saw('group of several sales');
  for (const [index, { type }] of commands.entries()) {
    const outcome = outcomes[index];
    const result = outcome?.ok ? outcome.value : null;
    if (result === null) continue;
    const hasWrapped = 'rewrapped' in result && result.rewrapped > 0;
    if (type === 'rewrap' && hasWrapped) observer.saw('sales wrapped again');
    if (type === 'rewrap_lost' && hasWrapped) observer.saw('end of a closed stream wrapped again');
    if (type === 'hub_holds' && 'lacking' in result && result.lacking > 0)
      observer.saw('hub holds more than the store');
  }
}
