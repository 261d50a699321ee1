/**
 * `npm run test:faults -- [--step N] [--json]`: cuts every answer of a hub that an edge reads at every byte (or at
 * every N-th), once each. A line for each answer goes to stderr; the last line of stdout is the sum; with `--json` it
 * is the only one. Exit code 1 when a sale was lost or doubled, or a cut answer was believed.
 */
import { parseArgs } from 'node:util';
import { AppError } from '@holdfast/base';
import { createLogger, runProcess } from '@holdfast/runtime';
import { runTruncationSweep, type SweepTally } from './truncation-sweep.ts';

const SHOWN = 20;

await runProcess(
  async (signal) => {
    const { values } = parseArgs({
      args: process.argv.slice(2),
      options: { step: { type: 'string' }, json: { type: 'boolean' } },
    });
    const step = Number(values.step ?? '1');
    if (!Number.isSafeInteger(step) || step < 1)
      throw new AppError('usage', `--step takes a whole number from 1 on, not "${values.step}".`);
    const tallies = await runTruncationSweep({ density: { step }, signal, tell });
    const sum = (of: (tally: SweepTally) => number) => tallies.reduce((total, tally) => total + of(tally), 0);
    const [offsets, lost, doubled] = [
      sum((tally) => tally.offsets),
      sum((tally) => tally.lost),
      sum((tally) => tally.doubled),
    ];
    const problems = sum((tally) => tally.problems.length);
    process.stdout.write(
      values.json === true
        ? `${JSON.stringify({ answers: tallies.length, offsets, lost, doubled })}\n`
        : `${tallies.length} answers cut at ${offsets} places: ${lost} sales lost, ${doubled} doubled\n`,
    );
    process.exitCode = lost + doubled + problems === 0 ? 0 : 1;
  },
  { logger: createLogger({ level: 'silent', service: 'faults' }) },
);

function tell({ problems, ...tally }: SweepTally): void {
  process.stderr.write(`${JSON.stringify(tally)}\n`);
  for (const problem of problems.slice(0, SHOWN)) process.stderr.write(`${problem}\n`);
}
