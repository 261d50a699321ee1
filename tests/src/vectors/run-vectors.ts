/** Runs a vector file: an object of sections, each with the cases of one standard. */
import { readFileSync } from 'node:fs';
import { AppError } from '@holdfast/base';
import { type Values, valuesOf } from './case-values.ts';
import type { Case } from './section.ts';
import { SECTIONS } from './sections.ts';

/** One line of the report; `reason` where the case does not hold. */
export type Outcome = { section: string; case: string; ok: boolean; reason?: string };

const NOTES = /^(?:_.*|source|note|rules)$/;

/** The sections of a file; `usage` where it cannot be read, is no object of sections, or has one that is not known. */
export function readVectors(path: string): ReadonlyMap<string, unknown> {
  const value = parseFile(path);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new AppError('usage', `${path} holds no sections: give an object with a member for each section.`);
  const sections = Object.entries(value).filter(([name]) => !NOTES.test(name));
  if (sections.length === 0) throw new AppError('usage', `${path} holds no sections: give at least one.`);
  const unknown = sections.filter(([name]) => !SECTIONS.has(name)).map(([name]) => `"${name}"`);
  if (unknown.length > 0)
    throw new AppError('usage', `${path} has sections that are not known: ${unknown.join(', ')}.`);
  return new Map(sections);
}

/** Runs every case; what throws does not hold, whatever it throws. */
export async function* runVectors(sections: ReadonlyMap<string, unknown>): AsyncGenerator<Outcome> {
  for (const [section, raw] of sections) {
    const { values, cases } = casesIn(section, raw);
    for (const it of cases) yield await outcomeOf(section, it);
    // Known only now: the checks say which values they look at.
    for (const name of values?.unread() ?? [])
      yield await outcomeOf(section, failing(name, 'nothing is compared with this value'));
  }
}

/** A section that cannot be read is one case that does not hold. */
function casesIn(section: string, raw: unknown): { values?: Values; cases: Case[] } {
  try {
    const values = valuesOf(raw, section);
    const cases = SECTIONS.get(section)?.(values) ?? [];
    return { values, cases: cases.length === 0 ? [failing('cases', 'there are none')] : cases };
  } catch (error) {
    return { cases: [failing('section', messageOf(error))] };
  }
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
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('usage', `${path} is not JSON: mend it, or give another file.`, { cause });
  }
}
