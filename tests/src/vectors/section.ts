/** What a section of a vector file is made of: cases, each with a name and a check that throws where it does not hold. */
import { Mismatch, type Values, valuesOf } from './case-values.ts';

/** One line of the report. */
export type Case = { name: string; check: () => void | Promise<void> };

/** The cases of a section. */
export type Section = (section: Values) => Case[];

type Check = (values: Values, section: Values) => void | Promise<void>;

/** A case for each object of a list, if the section has it; every value of the object must be looked at. */
export function casesOf(section: Values, name: string, check: Check): Case[] {
  if (!section.has(name)) return [];
  return section.list(name).map((raw, index) => {
    const label = `${name}[${index}]`;
    return { name: label, check: () => checkWhole(valuesOf(raw, label), section, check) };
  });
}

/** A case of one object, if the section has it. */
export function caseOf(section: Values, name: string, check: Check): Case[] {
  if (!section.has(name)) return [];
  return [{ name, check: () => checkWhole(section.object(name), section, check) }];
}

/** A case for each text of a list, if the section has it. */
export function textCases(section: Values, name: string, check: (text: string) => void): Case[] {
  if (!section.has(name)) return [];
  return section.list(name).map((raw, index) => ({
    name: `${name}[${index}]`,
    check: () => {
      if (typeof raw !== 'string') throw new Mismatch(`${name}[${index}] is no text`);
      check(raw);
    },
  }));
}

/** A case that looks at values of the section itself, if it has the first of them; the others are inputs. */
export function valueCase(
  section: Values,
  names: readonly string[],
  check: () => void | Promise<void>,
): Case[] {
  const [name = '', ...inputs] = names;
  for (const input of inputs) if (section.has(input)) section.raw(input);
  return section.has(name) && section.raw(name) !== undefined ? [{ name, check }] : [];
}

async function checkWhole(values: Values, section: Values, check: Check): Promise<void> {
  await check(values, section);
  const unread = values.unread();
  if (unread.length > 0) throw new Mismatch(`nothing is compared with ${unread.join(', ')}`);
}
