/**
 * What a command is. A command turns its arguments into one {@link Answer}, as a text and as JSON; printing it, help,
 * refusing flags and exit codes are the same for all and live elsewhere.
 */
import { type ArgsDef, type ParsedArgs, parseArgs } from 'citty';
import type { ExitCode } from './exit-codes.ts';
import type { Shell } from './shell/shell.ts';

/** What a command has to say when it is done. */
export type Answer = {
  /** For people, without a line break at the end. */
  text: string;
  /** The same for programs: one document. */
  json: unknown;
  exitCode?: ExitCode;
};

/** What {@link defineCommand} takes. */
export type CommandSpec<T extends ArgsDef> = {
  /** As it is typed: `edge start`. */
  name: string;
  /** One sentence. */
  summary: string;
  /** More about it, paragraphs of the help page. */
  details?: string;
  /** Command lines with what they do. */
  examples: readonly (readonly [commandLine: string, meaning: string])[];
  args: T;
  /** Undefined from a command that ran until it was stopped and has said all it had to say. */
  run(args: ParsedArgs<T>, shell: Shell): Promise<Answer | undefined>;
};

/** A command as the dispatcher sees it. */
export type Command = Omit<CommandSpec<ArgsDef>, 'run'> & {
  /** `words` are the arguments after the name, checked by `checkWords`. */
  run(words: string[], shell: Shell): Promise<Answer | undefined>;
};

/** Fixes the types of a command. */
export function defineCommand<const T extends ArgsDef>(spec: CommandSpec<T>): Command {
  const args = { ...spec.args, ...COMMON_ARGS };
  return { ...spec, args, run: (words, shell) => spec.run(parseArgs<T>(words, args), shell) };
}

const COMMON_ARGS = {
  json: { type: 'boolean', description: 'Answer with one JSON document on stdout; logs go to stderr' },
  help: { type: 'boolean', alias: 'h', description: 'Show this help' },
} satisfies ArgsDef;
