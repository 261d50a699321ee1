/** What a section of a vector file is made of: cases, each with a name and a check that throws where it does not hold. */
import type { Values } from './case-values.ts';
import { looseHex, Mismatch, refused } from './compare.ts';
import type { Spellings } from './spellings.ts';

/** One line of the report. */
export type Case = { name: string; check: () => void | Promise<void> };

/** How the vectors of one standard are run. */
export type Section = {
  /** Other names of its values. */
  spellings?: Spellings;
  cases(section: Values): Case[];
  /** As {@link Answers}, for values of the section itself. */
  answers?(section: Values): ReturnType<Answers>;
};

/**
 * What came out besides what was compared by its name. A value under a name that is not known must be one of these, so
 * that it counts as well; where it is none, nothing was compared with it.
 */
export type Answers = () => Iterable<Uint8Array>;

type Check = (values: Values, section: Values) => Answers | undefined | Promise<undefined>;

/** Names of lists and values that must be refused. */
export const REJECT = /^(?:bad|error|fail|invalid|malformed|must.?fail|negative|refuse|reject|wrong)/i;

/** A case for each object of a list, or for the one object, if the section has it; every value must be looked at. */
export function casesOf(section: Values, name: string, check: Check): Case[] {
  return itemsOf(section, name).map(({ label, item }) => ({
    name: label,
    check: () => checkWhole(section.within(item, label), section, check),
  }));
}

/** What a list has, each with a name for the report; of anything else that one thing. */
export function itemsOf(section: Values, name: string): { label: string; item: unknown }[] {
  if (!section.has(name)) return [];
  const raw = section.raw(name);
  if (!Array.isArray(raw)) return [{ label: name, item: raw }];
  return raw.map((item: unknown, index) => ({ label: `${name}[${index}]`, item }));
}

/** A case for each text of a list, if the section has it; an object with a text in it may be there for the text. */
export function textCases(section: Values, name: string, check: (text: string) => void): Case[] {
  return itemsOf(section, name).map(({ label, item }) => ({
    name: label,
    check: () => {
      const values = section.within(typeof item === 'object' ? item : { text: item }, label);
      const [only = 'text'] = values.names();
      check(values.text(only));
      compareRest(values);
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

/** The lists whose names say that their items are refused: each item must throw, or be refused, where it is read. */
export function rejectCases(
  section: Values,
  read: (item: Values, list: string) => { ok: boolean },
  as = 'raw',
): Case[] {
  const lists = section.names().filter((name) => REJECT.test(name));
  return lists.flatMap((list) =>
    itemsOf(section, list).map(({ label, item }) => ({
      name: label,
      check: () => {
        const values = section.within(typeof item === 'object' ? item : { [as]: item }, list);
        refused('it', read(values, list));
        compareRest(values);
      },
    })),
  );
}

/** The cases that are made, or the one that says why there are none. */
export function casesOrFailure(name: string, make: () => Case[]): Case[] {
  try {
    return make();
  } catch (error) {
    return [{ name, check: () => Promise.reject(error) }];
  }
}

/** Throws for a value that nothing has looked at, unless it is one of the answers. */
export function compareRest(values: Values, answers: Answers = () => []): void {
  const unread = values.unread();
  if (unread.length === 0) return;
  const known = [...answers()].map((bytes) => Buffer.from(bytes).toString('hex'));
  const unmatched = unread.filter((name) => {
    const raw = values.raw(name);
    const bytes = typeof raw === 'string' ? looseHex(raw) : undefined;
    return !bytes?.length || !known.includes(Buffer.from(bytes).toString('hex'));
  });
  if (unmatched.length > 0) throw new Mismatch(`nothing is compared with ${unmatched.join(', ')}`);
}

async function checkWhole(values: Values, section: Values, check: Check): Promise<void> {
  if (values.names().length === 0) throw new Mismatch('there is nothing in it');
  compareRest(values, await check(values, section));
}
