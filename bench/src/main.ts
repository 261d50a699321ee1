/** `npm run bench -- sale|drain [--json] [--seconds N]`: runs one benchmark and prints its rows. */
import { parseArgs } from 'node:util';
import { AppError } from '@holdfast/base';
import { createLogger, runProcess } from '@holdfast/runtime';
import { benchDrain } from './drain.ts';
import { printRows, type Row } from './report.ts';
import { benchSale } from './sale.ts';

/** A benchmark, and for how long it measures: by default, and at most, so that all of it ends within 45 seconds. */
type Bench = { run(seconds: number): Promise<Row[]>; seconds: number };

const BENCHES: ReadonlyMap<string, Bench> = new Map([
  ['sale', { run: benchSale, seconds: 24 }],
  ['drain', { run: benchDrain, seconds: 20 }],
]);
const SECONDS_MAX = 30;
const USAGE = `Usage: npm run bench -- ${[...BENCHES.keys()].join('|')} [--json] [--seconds N]`;

await runProcess(
  async () => {
    const order = readArgs(process.argv.slice(2));
    if (order === 'help') process.stdout.write(`${USAGE}\n`);
    else printRows(await order.bench.run(order.seconds), order.json);
  },
  { logger: createLogger({ level: 'warn', service: 'bench' }) },
);

function readArgs(args: string[]): { bench: Bench; seconds: number; json: boolean } | 'help' {
  const { positionals, values } = parse(args);
  if (values.help) return 'help';
  const bench = BENCHES.get(positionals[0] ?? '');
  if (!bench || positionals.length > 1) throw new AppError('usage', USAGE);
  const seconds = values.seconds === undefined ? bench.seconds : Number(values.seconds);
  if (!(seconds >= 1 && seconds <= SECONDS_MAX))
    throw new AppError('usage', `--seconds takes a number from 1 to ${SECONDS_MAX}`);
  return { bench, seconds, json: values.json };
}

function parse(args: string[]) {
  try {
    const options = {
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      seconds: { type: 'string' },
    } as const;
    return parseArgs({ args, allowPositionals: true, options });
  } catch (cause) {
    throw new AppError('usage', cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
