/**
 * Refuses what a command does not know, before it runs. The parser behind the commands takes any flag; a mistyped one
 * must not start a store with its default.
 */
import { AppError } from '@holdfast/base';
import { nearest } from '@holdfast/runtime';
import type { ArgDef, ArgsDef } from 'citty';

/**
 * Checks the words after a command's name. Throws AppError `usage` with one sentence for an unknown flag (with the
 * nearest known one), a flag without its value, a value a flag does not take, and positionals too many or too few.
 */
export function checkWords(words: readonly string[], args: ArgsDef): void {
  const known = knownFlags(args);
  const given = new Set<string>();
  let positionals = 0;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word === '--') {
      positionals += words.length - index - 1;
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      positionals += 1;
      continue;
    }
    const [flag = '', value] = splitOnce(word);
    const found = known.get(flag);
    if (found === undefined) throw unknownFlag(flag, [...known.keys()]);
    given.add(found.name);
    if (found.takesValue && value === undefined) {
      index += 1;
      const next = words[index];
      if (next === undefined || next.startsWith('--')) throw usage(`The flag ${flag} needs a value.`);
    }
    if (found.takesValue && value === '') throw usage(`The flag ${flag} needs a value.`);
    if (!found.takesValue && value !== undefined) throw usage(`The flag ${flag} takes no value.`);
  }
  checkPositionals(positionals, args);
  for (const [name, arg] of Object.entries(args)) {
    if (arg.type !== 'positional' && arg.required === true && !given.has(name))
      throw usage(`The flag --${name} is missing.`);
  }
}

/** An AppError `usage`. */
export function usage(message: string): AppError {
  return new AppError('usage', message);
}

/** The number of a flag. Throws AppError `usage` for a text that is none, or is not from `min` to `max`. */
export function wholeNumber(flag: string, text: string, { min, max }: { min: number; max?: number }): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= (max ?? Number.MAX_SAFE_INTEGER)) return value;
  throw usage(
    `${flag} is a whole number from ${min} ${max === undefined ? 'on' : `to ${max}`}, not '${text}'.`,
  );
}

type Flag = { name: string; takesValue: boolean };

function knownFlags(args: ArgsDef): Map<string, Flag> {
  const known = new Map<string, Flag>();
  for (const [name, arg] of Object.entries(args)) {
    if (arg.type === 'positional') continue;
    const flag = { name, takesValue: arg.type !== 'boolean' };
    known.set(`--${name}`, flag);
    if (arg.type === 'boolean') known.set(`--no-${name}`, flag);
    for (const alias of aliasesOf(arg)) known.set(alias.length === 1 ? `-${alias}` : `--${alias}`, flag);
  }
  return known;
}

/** Whether an argument without a flag takes all that follow: its hint ends in `…`. They stand in `args._`. */
export function takesMany(arg: ArgDef): boolean {
  return arg.type === 'positional' && arg.valueHint?.endsWith('…') === true;
}

/** The other names of an argument, without dashes. */
export function aliasesOf(arg: ArgDef): string[] {
  if (!('alias' in arg) || arg.alias === undefined) return [];
  return Array.isArray(arg.alias) ? arg.alias : [arg.alias];
}

function checkPositionals(count: number, args: ArgsDef): void {
  const positionals = Object.entries(args).filter(([, arg]) => arg.type === 'positional');
  const last = positionals.at(-1);
  if (count > positionals.length && !(last !== undefined && takesMany(last[1]))) {
    throw usage(
      positionals.length === 0
        ? 'No arguments without a flag are expected.'
        : 'There are too many arguments.',
    );
  }
  const missing = positionals.slice(count).find(([, arg]) => arg.required !== false);
  if (missing !== undefined) throw usage(`The argument ${missing[0].toUpperCase()} is missing.`);
}

function splitOnce(word: string): [string, string?] {
  const at = word.indexOf('=');
  return at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)];
}

function unknownFlag(flag: string, known: string[]): AppError {
  const near = nearest(
    flag,
    known.filter((name) => !name.startsWith('--no-') || flag.startsWith('--no-')),
  );
  return usage(`Unknown flag ${flag}${near === undefined ? '.' : `; is ${near} meant?`}`);
}
