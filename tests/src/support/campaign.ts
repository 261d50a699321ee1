/** What the crash and the power campaign have in common: the tally, its arguments, and the judgement at the end. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError } from '@holdfast/base';
import { createEdgeAuditor, type EdgeAuditor } from './edge-auditor.ts';
import { type Comparison, compareWhole, createComparison, type Differences } from './reconcile.ts';
import { createSaleBook, type SaleBook } from './sale-book.ts';
import { newSeed } from './seeded.ts';

/** Runs a store's whole life through: what was sold to it, and what was found wrong with it. */
export type Campaign = {
  readonly folder: string;
  readonly book: SaleBook;
  readonly lost: ReadonlySet<string>;
  readonly duplicated: ReadonlySet<string>;
  readonly problems: readonly string[];
  note(problem: string): void;
  /** Audits and compares what is new; the store may be in use. */
  audit(): void;
  /** Reads every page and checks it. */
  checkPages(): void;
  /** Audits and compares everything from the first entry on, with an auditor that has seen nothing yet. */
  auditWhole(): void;
  /** True when nothing is lost, doubled or wrong, and something was sold at all. */
  isSound(): boolean;
};

/** A campaign on the data folder of an edge; `refusals` are the statuses with which it may refuse a sale. */
export function createCampaign(folder: string, refusals?: readonly number[]): Campaign {
  const book = createSaleBook(refusals);
  const lost = new Set<string>();
  const duplicated = new Set<string>();
  const noted: string[] = [];
  const at = { database: join(folder, 'edge.db'), keyFile: join(folder, 'store.key') };
  const auditor = createEdgeAuditor(at);
  const comparison = createComparison({ book, auditor });
  const tally = (differences: Differences) => {
    for (const reference of differences.lost) lost.add(reference);
    for (const reference of differences.duplicated) duplicated.add(reference);
    noted.push(...differences.problems);
  };
  return {
    folder,
    book,
    lost,
    duplicated,
    get problems() {
      return [...noted, ...auditor.problems, ...book.problems];
    },
    note: (problem) => void noted.push(problem),
    audit: () => tally(compareNew({ auditor, comparison })),
    checkPages: () => auditor.checkPages(),
    auditWhole() {
      const fresh = createEdgeAuditor(at);
      tally(compareWhole({ book, auditor: fresh }));
      noted.push(...fresh.problems);
      if (fresh.incarnations.size !== 1)
        noted.push(`the store had ${fresh.incarnations.size} lives: a crash was taken for a restored copy`);
    },
    isSound() {
      return book.acknowledged > 0 && lost.size + duplicated.size + this.problems.length === 0;
    },
  };
}

function compareNew(at: { auditor: EdgeAuditor; comparison: Comparison }): Differences {
  try {
    return at.comparison.compareNew();
  } catch (cause) {
    throw new Error('The store cannot be audited', { cause });
  }
}

/** The arguments of a campaign: how often, from which seed, for a person or a program; and strings of its own. */
export function readArguments<const Name extends string>(
  argv: readonly string[],
  at: { count: string; defaultCount: number; more: readonly Name[] },
): { count: number; seed: number; json: boolean; more: Partial<Record<Name, string>> } {
  const names = [at.count, 'seed', ...at.more];
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  const { values } = parseArgs({ args: [...argv], options: { ...options, json: { type: 'boolean' } } });
  const texts = values as Record<string, string | undefined>; // All but `json` are declared as strings.
  const count = wholeNumber(at.count, texts[at.count] ?? String(at.defaultCount));
  const seed = texts.seed === undefined ? newSeed() : wholeNumber('seed', texts.seed);
  return { count, seed, json: values.json === true, more: texts as Partial<Record<Name, string>> };
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new AppError('usage', `--${name} takes a whole number from 1 on, not "${text}".`);
  return value;
}

const SHOWN = 20;

/** Says on stderr what a campaign found. */
export function tellFindings(campaign: Campaign): void {
  const findings = [
    ...[...campaign.lost].map((reference) => `lost: ${reference}`),
    ...[...campaign.duplicated].map((reference) => `doubled: ${reference}`),
    ...campaign.problems,
  ];
  for (const finding of findings.slice(0, SHOWN)) process.stderr.write(`${finding}\n`);
  if (findings.length > SHOWN) process.stderr.write(`and ${findings.length - SHOWN} more\n`);
}
