/** `npm run bench -- NAME`: runs one benchmark and prints its rows; `drain --peers` runs it beside others. */
import { parseArgs } from 'node:util';
import { AppError } from '@holdfast/base';
import { createLogger, runProcess } from '@holdfast/runtime';
import { benchConditions } from './conditions.ts';
import { benchDrain } from './drain.ts';
import { benchPeers, printPeers, writePeers } from './peers/peers.ts';
import { printRows, type Row } from './report.ts';
import { benchSale } from './sale.ts';

/** A benchmark, and for how long it measures: by default, and at most, so that all of it ends within 45 seconds. */
type Bench = { run(seconds: number): Promise<Row[]>; seconds: number };

const BENCHES: ReadonlyMap<string, Bench> = new Map([
  ['sale', { run: benchSale, seconds: 24 }],
  ['drain', { run: benchDrain, seconds: 20 }],
  ['conditions', { run: benchConditions, seconds: 12 }],
]);
const SECONDS_MAX = 30;
const ROUNDS = 5;
const ROUNDS_MAX = 20;
const USAGE = `Usage: npm run bench -- ${[...BENCHES.keys()].join('|')} [--json] [--seconds N]
       npm run bench -- drain --peers [--json] [--rounds N] [--write]`;

type Order =
  | { kind: 'help' }
  | { kind: 'bench'; bench: Bench; seconds: number; json: boolean }
  | { kind: 'peers'; rounds: number; json: boolean; write: boolean };

await runProcess(
  async () => {
    const order = readArgs(process.argv.slice(2));
    switch (order.kind) {
      case 'help':
        process.stdout.write(`${USAGE}\n`);
        break;
      case 'bench':
        printRows(await order.bench.run(order.seconds), order.json);
        break;
      case 'peers':
        await comparePeers(order);
    }
  },
  { logger: createLogger({ level: 'warn', service: 'bench' }) },
);

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
  const bench = BENCHES.get(positionals[0] ?? '');
  if (!bench || positionals.length > 1) throw new AppError('usage', USAGE);
  if (values.peers) {
    if (positionals[0] !== 'drain' || values.seconds !== undefined) throw new AppError('usage', USAGE);
    const rounds = numberOf('--rounds', { value: values.rounds, or: ROUNDS, max: ROUNDS_MAX });
    return { kind: 'peers', rounds, json, write: values.write };
  }
  if (values.write || values.rounds !== undefined) throw new AppError('usage', USAGE);
  const seconds = numberOf('--seconds', { value: values.seconds, or: bench.seconds, max: SECONDS_MAX });
  return { kind: 'bench', bench, seconds, json };
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
