/** Opens the store of a configuration to be exported, whether the edge runs or not. */
import { existsSync } from 'node:fs';
import { AppError, type Clock } from '@holdfast/base';
import type { ExportRecord } from '@holdfast/verify';
import type { EdgeOptions } from '../config/options.ts';
import { storeKey } from '../init.ts';
import { pathsOf } from '../paths.ts';
import { hasDatabase } from '../recovery/settle.ts';
import { SCHEMA_VERSION } from '../store/migrations/index.ts';
import { type Db, mapOpenError, openWhole } from '../store/open.ts';
import { exportEdge } from './export-edge.ts';

/** A store that is open to be read; `close` when the records have been read. */
export type EdgeExport = { records(): AsyncGenerator<ExportRecord>; close(): void };

/**
 * Opens it read-only. Throws `store_missing`, `key_missing`, `key_wrong`, `store_damaged`, and `store_unavailable` when a
 * part of its log cannot be read, and for a store of an older version, which the next start of the edge brings up to date.
 */
export function openEdgeExport(input: { options: EdgeOptions; clock: Clock }): EdgeExport {
  const paths = pathsOf(input.options);
  if (!hasDatabase(paths) && existsSync(paths.key))
    throw new AppError('store_missing', `There is no store at ${paths.database}, or an empty file.`);
  const db = openWhole(storeKey(paths, input.options));
  try {
    assertSchema(db, paths.database);
  } catch (error) {
    db.close();
    throw mapOpenError(error, paths.database);
  }
  return {
    records: () => mapped(db, exportEdge(db, { nowMs: input.clock.nowMs() }), paths.database),
    close: () => db.close(),
  };
}

function assertSchema(db: Db, path: string): void {
  const version = Number(db.pragma('user_version', { simple: true }));
  if (version > SCHEMA_VERSION)
    throw new AppError(
      'store_too_new',
      `${path} has schema ${version}; this version knows ${SCHEMA_VERSION}`,
    );
  if (version < SCHEMA_VERSION)
    throw new AppError(
      'store_unavailable',
      `${path} was written by an older version. Start the edge once, which brings it up to date.`,
    );
}

/** A page that is damaged ends the walk in the words of the table, also one that no record lies on. */
async function* mapped(
  db: Db,
  records: AsyncGenerator<ExportRecord>,
  path: string,
): AsyncGenerator<ExportRecord> {
  try {
    const pages = db.pragma('integrity_check(1)', { simple: true });
    if (pages !== 'ok') throw new AppError('store_damaged', `${path} is damaged: ${String(pages)}`);
    yield* records;
  } catch (error) {
    throw mapOpenError(error, path);
  }
}
