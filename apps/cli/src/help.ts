/** Help pages: of all commands, of a group and of one command. */
import type { ArgDef, ArgsDef } from 'citty';
import { aliasesOf, takesMany } from './check-words.ts';
import type { Command } from './command.ts';
import { EXIT_CODES_HELP } from './exit-codes.ts';
import type { Paint } from './shell/shell.ts';
import { columns } from './text.ts';

/** A name and its one sentence. */
export type Summary = { name: string; summary: string };

/** The page of `holdfast --help`, or of a group such as `holdfast edge`. */
export function renderOverview(commands: readonly Summary[], paint: Paint): string {
  return [
    'Keeps a store selling through any outage, and proves afterwards that nothing was lost.',
    '',
    paint.bold('Usage'),
    '  holdfast <command> [flags]',
    '',
    paint.bold('Commands'),
    columns(
      commands.map(({ name, summary }) => [paint.cyan(name), summary]),
      '  ',
    ),
    '',
    paint.bold('Exit codes'),
    columns(EXIT_CODES_HELP, '  '),
    '',
    `${paint.cyan('holdfast <command> --help')} says more about one, with examples.`,
  ].join('\n');
}

/** The page of one command. */
export function renderHelp(command: Command, paint: Paint): string {
  const positionals = Object.entries(command.args).filter(([, arg]) => arg.type === 'positional');
  const flags = Object.entries(command.args).filter(([, arg]) => arg.type !== 'positional');
  const words = positionals.map(([name, arg]) =>
    arg.required === false ? `[${positionalName(name, arg)}]` : `<${positionalName(name, arg)}>`,
  );
  return [
    command.summary,
    ...(command.details === undefined ? [] : ['', command.details]),
    '',
    paint.bold('Usage'),
    `  ${['holdfast', command.name, ...words, '[flags]'].join(' ')}`,
    ...section('Arguments', positionalRows(positionals, paint), paint),
    ...section('Flags', flagRows(flags, paint), paint),
    '',
    paint.bold('Examples'),
    ...command.examples.map(([line, meaning]) => `  ${paint.cyan(line)}\n      ${meaning}`),
    '',
    paint.bold('Exit codes'),
    columns(EXIT_CODES_HELP, '  '),
  ].join('\n');
}

function section(title: string, rows: string[][], paint: Paint): string[] {
  return rows.length === 0 ? [] : ['', paint.bold(title), columns(rows, '  ')];
}

function positionalRows(args: [string, ArgDef][], paint: Paint): string[][] {
  return args.map(([name, arg]) => [paint.cyan(positionalName(name, arg)), arg.description ?? '']);
}

function positionalName(name: string, arg: ArgDef): string {
  return `${name.toUpperCase()}${takesMany(arg) ? '…' : ''}`;
}

function flagRows(args: [string, ArgsDef[string]][], paint: Paint): string[][] {
  return args.map(([name, arg]) => {
    const short = aliasesOf(arg).map((alias) => (alias.length === 1 ? `-${alias}` : `--${alias}`));
    const hint = arg.type === 'boolean' ? '' : ` ${arg.valueHint ?? name.toUpperCase().replaceAll('-', '_')}`;
    const fallback = arg.default === undefined ? '' : paint.dim(` (default ${arg.default})`);
    return [paint.cyan([...short, `--${name}`].join(', ')) + hint, `${arg.description ?? ''}${fallback}`];
  });
}
