/**
 * Sums up a run of all stages in one line, `N passed, N failed`, for `.ci/run`. Each argument is a stage:
 * `name=exit-code`, or `name=exit-code:report` for a run of vitest with its JSON report.
 */
import { existsSync, readFileSync } from 'node:fs';
import { assert } from '@holdfast/base';
import { type Stage, summarize } from './stages.ts';

const stages = process.argv.slice(2).map(readStage);
const { passed, failed } = summarize(stages);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function readStage(argument: string): Stage {
  const parts = /^(?<name>[\w-]+)=(?<code>\d+)(?::(?<report>.+))?$/.exec(argument)?.groups;
  assert(parts !== undefined, `not a stage: ${argument}`);
  const { name = '', code = '', report } = parts;
  const stage = { name, exitCode: Number(code) };
  if (report === undefined) return stage;
  return { ...stage, report: existsSync(report) ? readFileSync(report, 'utf8') : '' };
}
