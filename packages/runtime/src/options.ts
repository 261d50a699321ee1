/**
 * Options: each is described once, and the flags, the environment, the configuration file, the help and the reference
 * page follow from that. Loading goes raw → checked → used; every contradiction is refused with one sentence.
 */
import { AppError } from '@holdfast/base';
import { z } from 'zod';
import type { Environment } from './environment.ts';
import { nearest } from './nearest.ts';
import { readToml, type TomlValues } from './toml.ts';

/** One option. */
export type Option = {
  /** Dotted path in the TOML file: `hub.url`. */
  key: string;
  env: string;
  /** With its dashes: `--hub-url`. */
  flag: string;
  schema: z.ZodType;
  default?: unknown;
  /** One sentence for the reference page. */
  describe: string;
  /** Its value is never shown. */
  secret?: boolean;
};

export type OptionTable = Record<string, Option>;

/** What {@link loadOptions} returns: each option as its schema gives it. */
export type OptionValues<T extends OptionTable> = { [K in keyof T]: z.output<T[K]['schema']> };

export type OptionSources = {
  file?: { path: string; text: string } | undefined;
  env: Environment;
  /** By flag, with or without its dashes. */
  flags: Record<string, string | undefined>;
};

type Found = { value: unknown; source: string };

/** Fixes the types of a table of options. */
export function defineOptions<const T extends OptionTable>(table: T): T {
  return table;
}

/**
 * The value of every option: of the flag, else the environment, else the file, else the default. Texts of flags and
 * environment become numbers, booleans or lists (split at commas) as the schema wants; an empty text in the
 * environment counts as not set. Throws AppError `config_invalid` with a sentence that names option and source.
 */
export function loadOptions<T extends OptionTable>(table: T, sources: OptionSources): OptionValues<T> {
  const options = Object.values(table);
  const file =
    sources.file === undefined
      ? new Map<string, unknown>()
      : readToml(
          sources.file,
          options.map(({ key }) => key),
        );
  refuseUnknownFlags(options, sources.flags);
  const values = Object.fromEntries(
    Object.entries(table).map(([name, option]) => [name, checked(option, find(option, sources, file))]),
  );
  return values as OptionValues<T>; // `checked` gave each what its schema gives
}

/** The options as a Markdown table: option, environment, flag, default, meaning. */
export function describeOptions(table: OptionTable): string {
  const rows = Object.values(table).map((option) => [
    `\`${option.key}\``,
    `\`${option.env}\``,
    `\`${option.flag}\``,
    option.default === undefined ? '' : `\`${option.secret ? '(secret)' : showDefault(option.default)}\``,
    option.describe.replaceAll('|', '\\|'),
  ]);
  const lines = [
    ['Option', 'Environment', 'Flag', 'Default', 'Meaning'],
    ['---', '---', '---', '---', '---'],
    ...rows,
  ];
  return `${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`;
}

function find(option: Option, sources: OptionSources, file: TomlValues): Found {
  const flag = sources.flags[option.flag] ?? sources.flags[option.flag.replace(/^--/, '')];
  if (flag !== undefined) {
    const source = `the flag ${option.flag}`;
    return { value: coerce(option, flag, source), source };
  }
  const text = sources.env[option.env];
  if (text !== undefined && text !== '') {
    const source = `the environment variable ${option.env}`;
    return { value: coerce(option, text, source), source };
  }
  if (file.has(option.key)) return { value: file.get(option.key), source: sources.file?.path ?? 'the file' };
  return { value: option.default, source: 'the default' };
}

function checked(option: Option, { value, source }: Found): unknown {
  const result = option.schema.safeParse(value);
  if (result.success) return result.data;
  if (value === undefined) {
    throw new AppError(
      'config_invalid',
      `Option '${option.key}' is not set: use ${option.flag}, ${option.env} or the configuration file.`,
    );
  }
  throw invalid(option, source, option.secret ? 'the value is not valid' : issueText(result.error));
}

/** A text as the kind of value its schema takes. */
function coerce(option: Option, text: string, source: string): unknown {
  const schema = innermost(option.schema);
  if (schema instanceof z.ZodNumber) {
    const value = Number(text);
    if (text.trim() === '' || Number.isNaN(value)) throw invalid(option, source, 'a number is expected');
    return value;
  }
  if (schema instanceof z.ZodBoolean) {
    if (/^(true|1|yes|on)$/i.test(text)) return true;
    if (/^(false|0|no|off)$/i.test(text)) return false;
    throw invalid(option, source, 'true or false is expected');
  }
  if (schema instanceof z.ZodArray) {
    return text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  }
  return text;
}

/** The schema under optional, nullable, default and pipe. */
function innermost(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) {
    return innermost(schema.unwrap());
  }
  if (schema instanceof z.ZodPipe) return innermost(schema.in);
  return schema;
}

function refuseUnknownFlags(options: Option[], flags: OptionSources['flags']): void {
  const known = options.map(({ flag }) => flag);
  for (const [name, value] of Object.entries(flags)) {
    const flag = name.startsWith('--') ? name : `--${name}`;
    if (value === undefined || known.includes(flag)) continue;
    const near = nearest(flag, known);
    throw new AppError(
      'config_invalid',
      `Unknown flag ${flag}${near === undefined ? '' : `; is ${near} meant?`}`,
    );
  }
}

function issueText(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue === undefined) return 'the value is not valid';
  return issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`;
}

function invalid(option: Option, source: string, reason: string): AppError {
  return new AppError('config_invalid', `Option '${option.key}' from ${source} is not valid: ${reason}.`);
}

function showDefault(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
