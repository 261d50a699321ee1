/** Runs a vector file: an object of sections, each with the cases of one standard. */
import { readFileSync } from 'node:fs';
import { AppError } from '@holdfast/base';
import { isRemark, type Values, valuesOf } from './case-values.ts';
import { type Case, compareRest } from './section.ts';
import { SECTIONS } from './sections.ts';

/** One line of the report; `reason` where the case does not hold. */
export type Outcome = { section: string; case: string; ok: boolean; reason?: string };

/** The sections of a file; `usage` where it cannot be read, is no object of sections, or has one that is not known. */
export function readVectors(path: string): ReadonlyMap<string, unknown> {
  const value = parseFile(path);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new AppError('usage', `${path} holds no sections: give an object with a member for each section.`);
  const sections = Object.entries(value).filter(([name, raw]) => SECTIONS.has(name) || !isAside(name, raw));
  if (sections.length === 0) throw new AppError('usage', `${path} holds no sections: give at least one.`);
  const unknown = sections.filter(([name]) => !SECTIONS.has(name)).map(([name]) => `"${name}"`);
  if (unknown.length > 0)
    throw new AppError('usage', `${path} has sections that are not known: ${unknown.join(', ')}.`);
  return new Map(sections);
}

/** A remark of a file is no object, unless its name begins with a sign; an object would be a section that is not known. */
function isAside(name: string, raw: unknown): boolean {
  return isRemark(name) && (/^[_$]/.test(name) || typeof raw !== 'object');
}

/** Runs every case; what throws does not hold, whatever it throws. A section may be a list of such sections. */
export async function* runVectors(sections: ReadonlyMap<string, unknown>): AsyncGenerator<Outcome> {
  for (const [name, raw] of sections) {
    const all = Array.isArray(raw) && raw.length > 0 ? raw.entries() : [[undefined, raw] as const];
    for (const [index, item] of all)
      yield* runSection({ name, raw: item, prefix: index === undefined ? '' : `[${index}].` });
  }
}

type Run = { name: string; raw: unknown; prefix: string };

async function* runSection({ name, raw, prefix }: Run): AsyncGenerator<Outcome> {
  const { values, cases } = casesIn(name, raw);
  for (const it of cases) yield await outcomeOf(name, { ...it, name: prefix + it.name });
  // Known only now: the checks say which values they look at.
  for (const rest of values?.unread() ?? [])
    yield await outcomeOf(name, { name: prefix + rest, check: () => checkValue(name, values, rest) });
}

/** A section that cannot be read is one case that does not hold. */
function casesIn(name: string, raw: unknown): { values?: Values; cases: Case[] } {
  try {
    const section = SECTIONS.get(name);
    const values = valuesOf(raw, name, section?.spellings);
    const cases = section?.cases(values) ?? [];
    return { values, cases: cases.length === 0 ? [failing('cases', 'there are none')] : cases };
  } catch (error) {
    return { cases: [failing('section', messageOf(error))] };
  }
}

/** A value of the section that no case looked at. */
function checkValue(name: string, values: Values | undefined, rest: string): void {
  if (values === undefined) return;
  compareRest(
    valuesOf({ [rest]: values.raw(rest) }, name),
    () => SECTIONS.get(name)?.answers?.(values) ?? [],
  );
}

function failing(name: string, reason: string): Case {
  return {
    name,
    check: () => {
      throw new Error(reason);
    },
  };
}

async function outcomeOf(section: string, it: Case): Promise<Outcome> {
  const reason = await reasonOf(it);
  return { section, case: it.name, ok: reason === undefined, ...(reason !== undefined && { reason }) };
}

async function reasonOf({ check }: Case): Promise<string | undefined> {
  try {
    await check();
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function parseFile(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new AppError('usage', `${path} cannot be read: give the path of a vector file.`, { cause });
  }
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (cause) {
    throw new AppError('usage', `${path} is not JSON: mend it, or give another file.`, { cause });
  }
}
