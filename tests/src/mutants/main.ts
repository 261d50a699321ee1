/**
 * `npm run test:mutants -- [--only NAME,...] [--suites NAME,...] [--every] [--json]`: puts one defect after the other
 * into a copy of the sources and shows it to the suites that ought to see it, until one does; with `--every` to each of
 * them. A suite that catches something must be green without it. The last line of stdout is the tally; exit code 1 when
 * a defect was missed.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError } from '@holdfast/base';
import { createLogger, runProcess } from '@holdfast/runtime';
import { type Checkout, createCheckout } from './checkout.ts';
import { MUTANTS, type Mutant } from './mutants.ts';
import { runSuite } from './run-suite.ts';
import { SUITE_NAMES, type SuiteName } from './suites.ts';

type Verdict = { mutant: string; defect: string; caught_by: SuiteName[]; passed_by: SuiteName[] };

type Plan = { mutants: readonly Mutant[]; suitesOf(mutant: Mutant): readonly SuiteName[]; every: boolean };

const ROOT = resolve(import.meta.dirname, '../../..');

await runProcess(
  async (signal) => {
    const { plan, json } = readPlan(process.argv.slice(2));
    using checkout = createCheckout(ROOT);
    const proven = new Set<SuiteName>();
    const verdicts: Verdict[] = [];
    for (const mutant of plan.mutants) {
      const verdict = await judge(mutant, { plan, checkout, proven, signal });
      verdicts.push(verdict);
      const by = verdict.caught_by.length === 0 ? 'MISSED' : `caught by ${verdict.caught_by.join(', ')}`;
      process.stderr.write(`${verdicts.length} of ${plan.mutants.length} ${mutant.name}: ${by}\n`);
      if (json) process.stdout.write(`${JSON.stringify(verdict)}\n`);
    }
    const caught = verdicts.filter(({ caught_by }) => caught_by.length > 0).length;
    const missed = verdicts.filter(({ caught_by }) => caught_by.length === 0).map(({ mutant }) => mutant);
    process.stdout.write(
      json
        ? `${JSON.stringify({ mutants: verdicts.length, caught, missed: missed.length })}\n`
        : `${verdicts.length} defects, ${caught} caught, missed: ${missed.join(', ') || 'none'}\n`,
    );
    process.exitCode = missed.length === 0 ? 0 : 1;
  },
  { logger: createLogger({ level: 'silent', service: 'mutants' }) },
);

type Bench = { plan: Plan; checkout: Checkout; proven: Set<SuiteName>; signal: AbortSignal };

/** Shows a mutant to its suites; it is caught by one that fails or does not end. */
async function judge(mutant: Mutant, bench: Bench): Promise<Verdict> {
  const { plan, checkout, signal } = bench;
  const verdict: Verdict = { mutant: mutant.name, defect: mutant.defect, caught_by: [], passed_by: [] };
  for (const suite of plan.suitesOf(mutant)) {
    const undo = checkout.apply(mutant);
    const { outcome } = await runSuite(suite, checkout.folder, signal);
    undo();
    if (outcome === 'green') {
      verdict.passed_by.push(suite);
      continue;
    }
    await mustBeGreen(suite, bench);
    verdict.caught_by.push(suite);
    if (!plan.every) break;
  }
  return verdict;
}

/** A suite that fails by itself would catch everything. Each is looked at once. */
async function mustBeGreen(suite: SuiteName, { checkout, proven, signal }: Bench): Promise<void> {
  if (proven.has(suite)) return;
  const { outcome, said } = await runSuite(suite, checkout.folder, signal);
  if (outcome !== 'green')
    throw new AppError('usage', `The suite ${suite} is ${outcome} without any defect:\n${said}`);
  proven.add(suite);
}

function readPlan(argv: readonly string[]): { plan: Plan; json: boolean } {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      only: { type: 'string' },
      suites: { type: 'string' },
      every: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const only = namesOf(
    values.only,
    MUTANTS.map(({ name }) => name),
  );
  const suites = namesOf(values.suites, SUITE_NAMES) as SuiteName[] | undefined; // Checked against their names.
  const plan: Plan = {
    mutants: only ? MUTANTS.filter(({ name }) => only.includes(name)) : MUTANTS,
    suitesOf: (mutant) => suites ?? mutant.suites,
    every: values.every,
  };
  return { plan, json: values.json };
}

function namesOf(text: string | undefined, known: readonly string[]): string[] | undefined {
  const names = text?.split(',');
  const unknown = names?.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new AppError('usage', `There is no "${unknown}". There are: ${known.join(', ')}.`);
  return names;
}
