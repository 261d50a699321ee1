/**
 * `npm run vectors -- FILE [--json]`: runs the public test vectors of a file against the product. A line for each case; for
 * people a summary after them, for programs nothing else, so that each line is one case. Exit code 0 when all hold, 1 when
 * one does not, 2 when the file is missing, malformed or has a section that is not known.
 */
import { AppError } from '@holdfast/base';
import { createLogger, runProcess } from '@holdfast/runtime';
import { type Outcome, readVectors, runVectors } from './run-vectors.ts';

const HELP = `Usage: npm run vectors -- FILE [--json]

Runs the public test vectors of a file against the product, and prints a line for each case.
docs/vectors/payments/README.md says how such files are written.

  --json   each line is {"section", "case", "ok"}, with a reason where ok is false, and nothing else is printed

Exit code 0: all hold. 1: one does not. 2: the file is missing, malformed, or has a section that is not known.
`;

await runProcess(
  async () => {
    if (process.argv.includes('--help')) return void process.stdout.write(HELP);
    const { path, isForPrograms } = readOptions(process.argv.slice(2));
    let cases = 0;
    let failed = 0;
    for await (const outcome of runVectors(readVectors(path))) {
      cases += 1;
      if (!outcome.ok) failed += 1;
      process.stdout.write(`${isForPrograms ? JSON.stringify(outcome) : lineOf(outcome)}\n`);
    }
    if (!isForPrograms) process.stdout.write(`${cases} cases, ${failed} do not hold\n`);
    process.exitCode = failed === 0 ? 0 : 1;
  },
  { logger: createLogger({ level: 'silent', service: 'vectors' }) },
);

function lineOf({ section, case: name, ok, reason }: Outcome): string {
  return ok ? `ok      ${section} ${name}` : `not ok  ${section} ${name}: ${reason}`;
}

function readOptions(args: string[]): { path: string; isForPrograms: boolean } {
  const [path, ...rest] = args.filter((arg) => arg !== '--json');
  if (path === undefined || path.startsWith('--') || rest.length > 0)
    throw new AppError('usage', 'Give the path of one vector file, and --json for a program.');
  return { path, isForPrograms: args.includes('--json') };
}
