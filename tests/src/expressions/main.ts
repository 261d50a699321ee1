/**
 * `npm run test:expressions -- [--cases N] [--seed N] [--json]`: compares Holdfast's expressions with those of cel-js on
 * random cases, a million of them by default. The last line of stdout is the tally; exit code 1 when they disagree.
 */
import { parseArgs } from 'node:util';
import { AppError } from '@holdfast/base';
import { createLogger, runProcess } from '@holdfast/runtime';
import { newSeed } from '../support/seeded.ts';
import { runDifferential } from './differential.ts';

const CASES = 1_000_000;

await runProcess(
  async () => {
    const { values } = parseArgs({
      args: process.argv.slice(2),
      options: {
        cases: { type: 'string' },
        seed: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    });
    const cases = wholeNumber('--cases', values.cases ?? String(CASES));
    const seed = values.seed === undefined ? newSeed() : wholeNumber('--seed', values.seed);
    process.stderr.write(`${cases} cases of seed ${seed}\n`);
    const { shown, ...tally } = runDifferential({ cases, seed });
    for (const line of shown) process.stderr.write(`${line}\n`);
    process.stdout.write(
      values.json
        ? `${JSON.stringify(tally)}\n`
        : `${tally.cases} cases of seed ${seed}: ${tally.disagreements} disagreements\n`,
    );
    process.exitCode = tally.disagreements === 0 ? 0 : 1;
  },
  { logger: createLogger({ level: 'silent', service: 'expressions' }) },
);

function wholeNumber(flag: string, text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0)
    throw new AppError('usage', `${flag} takes a whole number from 0 on, not "${text}".`);
  return number;
}
