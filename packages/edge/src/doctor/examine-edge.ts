/**
 * Looks at an edge from outside, running or not, and says in words what state it is in. It reads; it changes nothing,
 * and takes no lock: a store that sells goes on selling.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { CODES, isAppError, type Ports } from '@holdfast/base';
import type { Transport } from '@holdfast/client';
import { bad, type Finding, good, warning } from '@holdfast/runtime';
import type { EdgeOptions } from '../config/options.ts';
import { storeKey } from '../init.ts';
import { type EdgePaths, pathsOf } from '../paths.ts';
import { hasDatabase } from '../recovery/settle.ts';
import { mapOpenError, openWhole, type StoreKey } from '../store/open.ts';
import { freeBytes, reserveSize } from '../writer/room.ts';
import { readSentinel } from '../writer/sentinel.ts';
import { examineHub, examineProcess } from './examine-link.ts';
import { examineStore } from './examine-store.ts';

/** Which edge is looked at, how closely, and by what means. */
export type ExamineInput = {
  options: EdgeOptions;
  ports: Ports;
  transport: Transport;
  /** Address of this edge's own API, without a slash at its end. */
  baseUrl: string;
  /** Reads every page of the store, too; takes seconds for each gigabyte. */
  pages: boolean;
};

/** Everything that can be said about the edge of these options, in the order in which to mend it. */
export async function examineEdge(input: ExamineInput): Promise<Finding[]> {
  const paths = pathsOf(input.options);
  if (!existsSync(paths.folder))
    return [bad('data folder', `There is no folder ${paths.folder}.`, 'Make a store: holdfast init')];
  const files = examineFiles(paths, input);
  const opened = openKey(paths, input.options);
  const askProcess = () => examineProcess({ ...input, apiToken: readToken(paths) });
  if ('state' in opened) return [...files, opened, ...(await askProcess())];
  const store = examineOpened(opened, { ...input, paths });
  // What the store tells of itself need not be told again.
  const known = new Set(store.findings.map(({ says }) => says));
  const running = (await askProcess()).filter(({ says }) => !known.has(says));
  // What did not open cannot tell whether it is enrolled.
  const hub = store.isRead ? [await examineHub(input, store.hubUrl)] : [];
  return [...files, ...store.findings, ...running, ...hub];
}

function readToken({ apiToken }: EdgePaths): string | undefined {
  return existsSync(apiToken) ? readFileSync(apiToken, 'utf8').trim() : undefined;
}

function examineFiles(paths: EdgePaths, { options }: ExamineInput): Finding[] {
  const findings: Finding[] = [];
  for (const [check, path] of [
    ['key file', paths.key],
    ['API token', paths.apiToken],
  ] as const) {
    const mode = statSync(path, { throwIfNoEntry: false })?.mode;
    if (mode !== undefined && process.platform !== 'win32' && (mode & 0o077) !== 0)
      findings.push(warning(check, `Others than its owner can read ${path}.`, `chmod 600 ${path}`));
  }
  findings.push(examineDisk(paths, options));
  if (options.hardwareSimulated)
    findings.push(
      warning(
        'devices',
        'The devices are simulated: cards that nobody has issued pay here.',
        'Where people pay, start it without the option hardware.simulated.',
      ),
    );
  return findings;
}

function examineDisk(paths: EdgePaths, options: EdgeOptions): Finding {
  const free = freeBytes(paths.database);
  const says = `${megabytes(free)} are free where the store is.`;
  if (free < options.freeBytesMin)
    return bad('disk', `${says} Sales are refused.`, 'Make room on this disk; it sells again by itself.');
  if (reserveSize(paths.reserve) < options.reserveBytes)
    return warning(
      'disk',
      `${says} The reserve that is kept for sales has been given back, or was never made.`,
      'Make room on this disk soon.',
    );
  return good('disk', says);
}

/** The key of the store, or what is wrong with it. */
function openKey(paths: EdgePaths, options: EdgeOptions): StoreKey | Finding {
  try {
    return storeKey(paths, options);
  } catch (error) {
    return said('key file', error);
  }
}

type Examined = { findings: Finding[]; isRead: boolean; hubUrl: string | undefined };

function examineOpened(store: StoreKey, at: ExamineInput & { paths: EdgePaths }): Examined {
  // Before the store: the mark is written after the commit it tells of.
  const mark = readSentinel(at.paths.sentinel);
  if (!hasDatabase(at.paths)) return unread(lostStore(at.paths, mark !== undefined));
  try {
    const db = openWhole(store);
    try {
      return { ...examineStore(db, { ...at, mark }), isRead: true };
    } finally {
      db.close();
    }
  } catch (error) {
    return unread(said('store', mapOpenError(error, store.path)));
  }
}

function unread(finding: Finding): Examined {
  return { findings: [finding], isRead: false, hubUrl: undefined };
}

function lostStore(paths: EdgePaths, wasThere: boolean): Finding {
  return wasThere
    ? bad(
        'store',
        `The store ${paths.database} is gone or empty; the sentinel beside it says that there was one.`,
        'Restore the last backup: holdfast edge restore FILE. Without one: holdfast init --replace-lost-store',
      )
    : bad('store', `There is no store ${paths.database}.`, 'Make one: holdfast init');
}

/** An error of the table in its own words, with what its row advises; anything else is thrown. */
function said(check: string, error: unknown): Finding {
  if (!isAppError(error)) throw error;
  return bad(check, error.message, CODES[error.code].action);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(0)} MB`;
}
