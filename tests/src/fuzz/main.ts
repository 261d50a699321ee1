/**
 * `npm run fuzz -- NAME --execs N [--seed S] [--corpus DIR] [--save] [--workers N] [--findings DIR] [--json]`: runs changed
 * inputs through a parser and looks for what it should not do. `--replay FILE` runs one input. Progress is told on
 * stderr; the last line of stdout is JSON. Exit code 0 when nothing was found, 1 when something was, 2 for wrong usage.
 */
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError } from '@holdfast/base';
import { createLogger, runProcess } from '@holdfast/runtime';
import { newSeed } from '../support/seeded.ts';
import { type CampaignResult, distil, runCampaign } from './campaign.ts';
import { CORPUS_FOLDER, readCorpus, writeInput } from './corpus.ts';
import { type Finding, nameOfInput } from './finding.ts';
import { createInputRunner } from './fuzz-thread.ts';
import { targetNames, targetUrl } from './targets.ts';

type Options = {
  name: string;
  execs: number;
  seed: number;
  workers: number;
  corpus: string;
  findings: string;
  isSaved: boolean;
  isForPrograms: boolean;
  replay: string | undefined;
};

const EXECS = 1_000_000;
const REPLAY_MS = 10_000;
const HELP = `Usage: npm run fuzz -- NAME [options]

Runs changed inputs through a parser, led by what they cover, and tells what crashes, hangs or grows.
Targets: ${targetNames().join(', ')}

  --execs N        how many inputs (${EXECS})
  --seed S         the draw of the changes; printed at the start
  --workers N      threads (1)
  --corpus DIR     inputs to begin with (${CORPUS_FOLDER}/NAME)
  --save           adds inputs that cover more to the corpus
  --findings DIR   where findings are written
  --replay FILE    runs one input and tells what it does
  --json           nothing but the last line

Exit code 0: nothing was found. 1: something was. 2: wrong usage.
`;

await runProcess(
  async () => {
    if (process.argv.includes('--help')) return void process.stdout.write(HELP);
    const options = readOptions(process.argv.slice(2));
    process.exitCode =
      options.replay === undefined ? await fuzz(options) : await replay(options, options.replay);
  },
  { logger: createLogger({ level: 'silent', service: 'fuzz' }) },
);

function readOptions(args: string[]): Options {
  const { values, positionals } = parseOptions(args);
  const [name = '', ...rest] = positionals;
  if (!targetNames().includes(name) || rest.length > 0)
    throw new AppError('usage', `Name one target to fuzz: ${targetNames().join(', ')}.`);
  return {
    name,
    execs: wholeNumber('--execs', values.execs ?? String(EXECS)),
    seed: values.seed === undefined ? newSeed() : wholeNumber('--seed', values.seed),
    workers: wholeNumber('--workers', values.workers ?? '1'),
    corpus: values.corpus ?? join(CORPUS_FOLDER, name),
    findings: values.findings ?? join(tmpdir(), 'holdfast-fuzz', name),
    isSaved: values.save,
    isForPrograms: values.json,
    replay: values.replay,
  };
}

function parseOptions(args: string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        execs: text,
        seed: text,
        workers: text,
        corpus: text,
        findings: text,
        replay: text,
        save: flag,
        json: flag,
      },
    });
  } catch (cause) {
    throw new AppError('usage', cause instanceof Error ? cause.message : 'The options are not known.', {
      cause,
    });
  }
}

/** Runs the campaign, writes what it found, and returns the exit code. */
async function fuzz(options: Options): Promise<number> {
  const { name, execs, seed, workers } = options;
  const startMs = performance.now();
  const moduleUrl = targetUrl(name);
  process.stderr.write(`${name}: ${execs} executions of seed ${seed}\n`);
  const result = await runCampaign({
    moduleUrl,
    execs,
    seed,
    workers,
    corpus: readCorpus(options.corpus),
    onProgress: (it) =>
      process.stderr.write(
        `${it.execs} executions, ${it.edges} edges, ${it.corpus} inputs, ${it.findings} findings\n`,
      ),
  });
  for (const finding of result.found) tellFinding(finding, options);
  if (options.isSaved) await save(options, result);
  const seconds = Math.round(performance.now() - startMs) / 1000;
  const tally = {
    name,
    execs: result.execs,
    findings: result.found.length,
    edges: result.edges,
    corpus: result.inputs.length,
    seconds,
  };
  if (!options.isForPrograms)
    process.stdout.write(`${name}: ${result.found.length} findings in ${result.execs} executions\n`);
  process.stdout.write(`${JSON.stringify(tally)}\n`);
  return result.found.length === 0 ? 0 : 1;
}

function tellFinding(finding: Finding, { name, findings }: Options): void {
  process.stderr.write(`${finding.kind}: ${finding.message}\n`);
  if (finding.kind === 'growth') return;
  const path = writeInput(findings, `${finding.kind}-${nameOfInput(finding.input)}`, finding.input);
  process.stderr.write(`  npm run fuzz -- ${name} --replay ${path}\n`);
}

/** Adds to the corpus what passes a counter that the corpus does not pass yet. */
async function save({ name, corpus }: Options, { inputs }: CampaignResult): Promise<void> {
  const known = readCorpus(corpus);
  const kept = await distil(targetUrl(name), { known, inputs });
  for (const input of kept) writeInput(corpus, nameOfInput(input), input);
  process.stderr.write(`${kept.length} inputs were added to ${corpus}\n`);
}

/** Runs one input and tells what it did. */
async function replay({ name }: Options, path: string): Promise<number> {
  const runner = createInputRunner(targetUrl(name));
  try {
    const { execution } = await runner.run(readInput(path), REPLAY_MS);
    if (execution === 'stuck') process.stdout.write(`hang: it does not end within ${REPLAY_MS} ms\n`);
    else if ('failure' in execution)
      process.stdout.write(`${execution.failure.kind}: ${execution.failure.message}\n`);
    else process.stdout.write(`${execution.outcome}\n`);
    return execution !== 'stuck' && 'outcome' in execution ? 0 : 1;
  } finally {
    await runner.close();
  }
}

function readInput(path: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(path));
  } catch (cause) {
    throw new AppError('usage', `${path} cannot be read: give the file of a finding.`, { cause });
  }
}

function wholeNumber(flag: string, text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new AppError('usage', `${flag} takes a whole number from 1 on, not "${text}".`);
  return number;
}
