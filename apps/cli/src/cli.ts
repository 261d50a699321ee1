/** Finds the command that was typed, runs it, prints its answer or its error, and sets the exit code. */
import { type AppError, CODES, isAppError } from '@holdfast/base';
import { LinkError } from '@holdfast/client';
import { nearest } from '@holdfast/runtime';
import { checkWords, usage } from './check-words.ts';
import type { Command } from './command.ts';
import { COMMANDS } from './commands/index.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { asFileError } from './file-errors.ts';
import { renderHelp, renderOverview } from './help.ts';
import type { Shell } from './shell/shell.ts';

/** Runs the command of `shell.argv`. Never throws: every error is told and becomes an exit code. */
export async function runCli(shell: Shell): Promise<void> {
  const wantsJson = flagsOf(shell.argv).includes('--json');
  try {
    const answer = await dispatch(shell);
    if (answer === undefined) return;
    shell.print(wantsJson ? toJson(answer.json) : answer.text);
    shell.setExitCode(answer.exitCode ?? EXIT.ok);
  } catch (error) {
    const told = describeError(error);
    if (wantsJson)
      shell.print(toJson({ error: { code: told.code, message: told.message, action: told.action } }));
    else shell.note([told.message, told.action].filter((line) => line !== '').join('\n'));
    shell.setExitCode(told.exitCode);
  }
}

/** An error as it is told: what happened, what to do, and the exit code. */
export function describeError(thrown: unknown): {
  code: string;
  message: string;
  action: string;
  exitCode: ExitCode;
} {
  const error = asFileError(thrown) ?? thrown;
  if (isAppError(error)) {
    const exitCode = error.code === 'usage' ? EXIT.usage : isPassing(error) ? EXIT.tryAgain : EXIT.failed;
    const faults = error.faults.map(({ pointer, detail }) => `\n  ${pointer}: ${detail}`).join('');
    return {
      code: error.code,
      message: `${error.message}${faults}`,
      action: error.code === 'usage' ? '' : CODES[error.code].action,
      exitCode,
    };
  }
  if (error instanceof LinkError) {
    const action = 'Check that it runs and that the address is right (--url).';
    return { code: error.reason, message: `${error.message}.`, action, exitCode: EXIT.tryAgain };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: 'internal', message, action: CODES.internal.action, exitCode: EXIT.defect };
}

/** Codes of the status 500 are those of starts and defects: repeating the command mends neither. */
function isPassing(error: AppError): boolean {
  return error.retry === 'backoff' && error.status !== 500;
}

async function dispatch(shell: Shell) {
  const argv = shell.argv[0] === '--version' ? ['version', ...shell.argv.slice(1)] : shell.argv;
  const entry = COMMANDS.filter(({ name }) => startsWith(argv, name.split(' '))).sort(
    (a, b) => b.name.length - a.name.length,
  )[0];
  if (entry === undefined) return overview(shell);
  const command = await entry.load();
  const words = argv.slice(entry.name.split(' ').length);
  if (asksForHelp(words)) return { text: renderHelp(command, shell.paint), json: helpJson(command) };
  try {
    checkWords(words, command.args);
  } catch (error) {
    if (!isAppError(error, 'usage')) throw error;
    throw usage(`${error.message} See: holdfast ${command.name} --help`);
  }
  return command.run(words, shell);
}

/** What is shown when no command was found: help where it was asked for, else what was probably meant. */
function overview({ argv, paint }: Shell) {
  const words = argv.filter((word) => !word.startsWith('-'));
  const group = COMMANDS.filter(({ name }) => words[0] !== undefined && name.startsWith(`${words[0]} `));
  const isHelp = argv.length === 0 || asksForHelp(argv) || words[0] === 'help';
  if (isHelp || (group.length > 0 && words.length === 1)) {
    const shown = group.length > 0 ? group : COMMANDS;
    return {
      text: renderOverview(shown, paint),
      json: shown.map(({ name, summary }) => ({ name, summary })),
      ...(isHelp ? {} : { exitCode: EXIT.usage }),
    };
  }
  const typed = words.slice(0, group.length > 0 ? 2 : 1).join(' ');
  const near = nearest(
    typed,
    COMMANDS.map(({ name }) => name),
  );
  if (typed === '') throw usage(`A command comes first: holdfast <command> [flags]. See: holdfast --help`);
  throw usage(
    `Unknown command '${typed}'${near === undefined ? '' : `; is '${near}' meant?`} See: holdfast --help`,
  );
}

function helpJson(command: Command) {
  const flags = Object.entries(command.args).map(([name, { type, description }]) => ({
    name,
    type,
    description,
  }));
  return { name: command.name, summary: command.summary, examples: command.examples, flags };
}

function asksForHelp(words: readonly string[]): boolean {
  return flagsOf(words).some((word) => word === '--help' || word === '-h');
}

/** The words before `--`. */
function flagsOf(words: readonly string[]): readonly string[] {
  const end = words.indexOf('--');
  return end < 0 ? words : words.slice(0, end);
}

function startsWith(words: readonly string[], name: readonly string[]): boolean {
  return name.every((part, index) => words[index] === part);
}

function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'bigint' ? member.toString() : member,
  );
}
