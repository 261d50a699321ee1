/**
 * What became of a damage: refused at the start, told, found by verification, or harmless. A damage of which sales are
 * gone and nobody is told is silent, and the worst there is.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock as clock, isAppError, systemPorts as ports } from '@holdfast/base';
import { fetchTransport } from '@holdfast/client';
import { openKey } from '@holdfast/crypto';
import { backupEdge, examineEdge, exportEdge, startEdge } from '@holdfast/edge';
import { createLogger } from '@holdfast/runtime';
import { verifyExport } from '@holdfast/verify';
import Database from 'better-sqlite3-multiple-ciphers';
import { createEdgeAuditor } from '../support/edge-auditor.ts';
import { compareWhole } from '../support/reconcile.ts';
import type { SaleBook } from '../support/sale-book.ts';
import { optionsOf } from './damage-base.ts';

export type Verdict =
  | { kind: 'harmless' }
  /**
   * By whom: the start, the log, verification, the backup, which reads every table, or the doctor, who reads every page:
   * an index alone holds no sale, and a backup makes it anew.
   */
  | { kind: 'detected'; by: 'start' | 'told' | 'verify' | 'backup' | 'doctor'; sentence: string }
  | { kind: 'silent'; sentence: string };

/** No edge runs where the doctor looks for one. */
const NOBODY = 'http://127.0.0.1:9';

/** The one warning that says that a store is not what it was. */
const TOLD = /"level":"warn".*was restored/;

/** Starts the edge on a damaged folder, lets it sell, and compares what it holds with what was sold. */
export async function judgeEdge({ folder, book }: { folder: string; book: SaleBook }): Promise<Verdict> {
  let log = '';
  const destination = {
    write(line: string) {
      log += line;
    },
  };
  const logger = createLogger({ level: 'warn', service: 'edge', destination });
  try {
    const edge = await startEdge({ options: optionsOf(folder), ports, logger });
    await edge.close();
  } catch (error) {
    if (isAppError(error)) return { kind: 'detected', by: 'start', sentence: error.message };
    return { kind: 'silent', sentence: `the start failed and did not say why: ${String(error)}` };
  }
  const wrong = differences(folder, book);
  if (wrong === undefined) return { kind: 'harmless' };
  const told = TOLD.exec(log);
  if (told !== null) return { kind: 'detected', by: 'told', sentence: told[0] };
  const found = await verify(folder);
  if (found !== undefined) return { kind: 'detected', by: 'verify', sentence: found };
  const refused = await backUp(folder);
  if (refused !== undefined) return { kind: 'detected', by: 'backup', sentence: refused };
  const diagnosis = await examine(folder);
  if (diagnosis !== undefined) return { kind: 'detected', by: 'doctor', sentence: diagnosis };
  return { kind: 'silent', sentence: wrong };
}

/** What of the book is not in the store, by an auditor that the product knows nothing of. */
function differences(folder: string, book: SaleBook): string | undefined {
  const at = { database: join(folder, 'edge.db'), keyFile: join(folder, 'store.key') };
  try {
    const auditor = createEdgeAuditor(at);
    const found = compareWhole({ book, auditor });
    const all = [...found.lost.map((sale) => `${sale} is lost`), ...found.duplicated, ...found.problems];
    return [...all, ...auditor.problems][0];
  } catch (error) {
    return `the store cannot be read: ${String(error)}`;
  }
}

/** What verification says of the store; undefined when it has nothing to say. */
async function verify(folder: string): Promise<string | undefined> {
  const opened = openKey({ text: readFileSync(join(folder, 'store.key'), 'utf8') });
  if (opened.kind !== 'ok') return opened.reason;
  const db = new Database(join(folder, 'edge.db'), { readonly: true });
  try {
    db.pragma("cipher = 'chacha20'");
    db.key(Buffer.concat([Buffer.from('raw:'), opened.secret]));
    const report = await verifyExport(exportEdge(db, { nowMs: clock.nowMs() }));
    return report.first_wrong?.sentence;
  } catch (error) {
    return `it cannot be read whole: ${String(error)}`;
  } finally {
    db.close();
  }
}

/** Why the store is not backed up; undefined when it is. */
async function backUp(folder: string): Promise<string | undefined> {
  try {
    await backupEdge({ options: optionsOf(folder), ports });
    return undefined;
  } catch (error) {
    return isAppError(error) ? error.message : undefined;
  }
}

/** What `holdfast doctor --pages` says of the pages of the store; undefined when they are sound. */
async function examine(folder: string): Promise<string | undefined> {
  const outside = { ports, transport: fetchTransport, baseUrl: NOBODY };
  const findings = await examineEdge({ options: optionsOf(folder), ...outside, pages: true });
  return findings.find(({ check, state }) => check === 'pages' && state === 'bad')?.says;
}
