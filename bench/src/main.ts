/** `npm run bench -- NAME`: runs one benchmark and prints its rows; `drain --peers` runs it beside others. */
import { parseArgs } from 'node:util';
import { AppError } from '@holdfast/base';
import { createLogger, runProcess } from '@holdfast/runtime';
import { benchConditions } from './conditions.ts';
import { benchDrain } from './drain.ts';
import { type Part, writePart } from './page.ts';
import { benchPeers, printPeers, writePeers } from './peers/peers.ts';
import { benchRecovery } from './recovery/recovery.ts';
import { recoveryMarkdown } from './recovery/rows.ts';
import { printRows, type Row } from './report.ts';
import { benchSale } from './sale.ts';
import { workflowMarkdown } from './workflow/rows.ts';
import { benchWorkflow } from './workflow/workflow.ts';

/** A benchmark, and for how long it measures by default. */
type Bench = {
  seconds: number;
  canWrite: boolean;
  /** Measures; with `write` the rows are put into `docs/benchmarks.md` as well. */
  run(seconds: number, write: boolean): Promise<Row[]>;
};

const BENCHES: ReadonlyMap<string, Bench> = new Map([
  ['sale', bench(24, benchSale)],
  ['drain', bench(20, benchDrain)],
  ['conditions', bench(12, benchConditions)],
  ['workflow', bench(27, benchWorkflow, { part: 'workflow', markdown: workflowMarkdown })],
  ['recovery', bench(10, benchRecovery, { part: 'recovery', markdown: recoveryMarkdown })],
]);
const SECONDS_MAX = 30;
const ROUNDS = 5;
const ROUNDS_MAX = 20;
const USAGE = `Usage: npm run bench -- ${[...BENCHES.keys()].join('|')} [--json] [--seconds N]
       npm run bench -- ${writing()} [--json] [--seconds N] [--write]
       npm run bench -- drain --peers [--json] [--rounds N] [--write]`;

type Order =
  | { kind: 'help' }
  | { kind: 'bench'; bench: Bench; seconds: number; json: boolean; write: boolean }
  | { kind: 'peers'; rounds: number; json: boolean; write: boolean };

await runProcess(
  async () => {
    const order = readArgs(process.argv.slice(2));
    switch (order.kind) {
      case 'help':
        process.stdout.write(`${USAGE}\n`);
        break;
      case 'bench':
        printRows(await order.bench.run(order.seconds, order.write), order.json);
        break;
      case 'peers':
        await comparePeers(order);
    }
  },
  { logger: createLogger({ level: 'warn', service: 'bench' }) },
);

/** `written` says where its rows stand in the page, and how. */
function bench<R extends Row>(
  seconds: number,
  measure: (seconds: number) => Promise<R[]>,
  written?: { part: Part; markdown(rows: readonly R[]): string },
): Bench {
  return {
    seconds,
    canWrite: written !== undefined,
    async run(forSeconds, write) {
      const rows = await measure(forSeconds);
      if (write && written !== undefined) await writePart(written.part, written.markdown(rows));
      return rows;
    },
  };
}

/** Names of the benchmarks that write. */
function writing(): string {
  return [...BENCHES].flatMap(([name, { canWrite }]) => (canWrite ? [name] : [])).join('|');
}

async function comparePeers(order: Extract<Order, { kind: 'peers' }>): Promise<void> {
  if (process.platform !== 'linux')
    throw new AppError('usage', '--peers reads /proc and runs strace: it needs Linux');
  const results = await benchPeers(order.rounds);
  printPeers(results, order.json);
  if (order.write) await writePeers(results);
}

function readArgs(args: string[]): Order {
  const { positionals, values } = parse(args);
  const { json } = values;
  if (values.help) return { kind: 'help' };
  const chosen = BENCHES.get(positionals[0] ?? '');
  if (!chosen || positionals.length > 1) throw new AppError('usage', USAGE);
  if (values.peers) {
    if (positionals[0] !== 'drain' || values.seconds !== undefined) throw new AppError('usage', USAGE);
    const rounds = numberOf('--rounds', { value: values.rounds, or: ROUNDS, max: ROUNDS_MAX });
    return { kind: 'peers', rounds, json, write: values.write };
  }
  if ((values.write && !chosen.canWrite) || values.rounds !== undefined) throw new AppError('usage', USAGE);
  const seconds = numberOf('--seconds', { value: values.seconds, or: chosen.seconds, max: SECONDS_MAX });
  return { kind: 'bench', bench: chosen, seconds, json, write: values.write };
}

function numberOf(flag: string, it: { value: string | undefined; or: number; max: number }): number {
  const number = it.value === undefined ? it.or : Number(it.value);
  if (!(number >= 1 && number <= it.max))
    throw new AppError('usage', `${flag} takes a number from 1 to ${it.max}`);
  return number;
}

function parse(args: string[]) {
  try {
    const options = {
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      seconds: { type: 'string' },
      peers: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      write: { type: 'boolean', default: false },
    } as const;
    return parseArgs({ args, allowPositionals: true, options });
  } catch (cause) {
    throw new AppError('usage', cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
