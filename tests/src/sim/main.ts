/**
 * `npm run test:sim -- [--seeds N] [--first-seed K] [--workers W] [--json]`: simulates N worlds. The last line of stdout is
 * the tally; with `--json` it is the only one. Exit code 1 when a seed failed, or a state was never reached that a campaign
 * of this size must reach. `--seed S [--trace]` runs one seed, and prints what happened in it.
 */
import { parseArgs } from 'node:util';
import { AppError } from '@holdfast/base';
import { createLogger, runProcess } from '@holdfast/runtime';
import { runCampaign, type Verdict } from './campaign.ts';
import { runOne } from './run-one.ts';

await runProcess(
  async (signal) => {
    const { values } = parseArgs({
      options: {
        seeds: { type: 'string', default: '100' },
        'first-seed': { type: 'string', default: '1' },
        workers: { type: 'string', default: '2' },
        seed: { type: 'string' },
        trace: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    });
    const isSound =
      values.seed === undefined
        ? isClean(
            await runCampaign({
              seeds: wholeNumber('seeds', values.seeds),
              firstSeed: wholeNumber('first-seed', values['first-seed']),
              workers: wholeNumber('workers', values.workers),
              json: values.json,
              signal,
            }),
          )
        : await runOne({ seed: wholeNumber('seed', values.seed), trace: values.trace, json: values.json });
    process.exitCode = isSound ? 0 : 1;
  },
  { logger: createLogger({ level: 'silent', service: 'simulation' }) },
);

function isClean({ failing, never }: Verdict): boolean {
  return failing.length === 0 && never.length === 0;
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new AppError('usage', `--${name} takes a whole number from 1 on, not "${text}".`);
  return value;
}
