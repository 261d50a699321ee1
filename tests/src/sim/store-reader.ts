/** Reads the store of an edge for the auditor, with a connection of its own and nothing of the product but its paths. */
import { readFileSync } from 'node:fs';
import { type EdgeOptions, pathsOf } from '@holdfast/edge';
import Database from 'better-sqlite3-multiple-ciphers';

/** Runs a statement without parameters; columns are what the caller says they are. */
export type Query = <T>(sql: string) => T[];

/** Opens the store read-only, as it is now, and closes it again. Integers come as bigint where they are large. */
export function withStore<T>(options: EdgeOptions, use: (query: Query) => T): T {
  const { database, key } = pathsOf(options);
  const file: { secret: string } = JSON.parse(readFileSync(key, 'utf8'));
  const db = new Database(database, { readonly: true, fileMustExist: true });
  try {
    db.pragma("cipher = 'chacha20'");
    db.key(Buffer.concat([Buffer.from('raw:'), Buffer.from(file.secret, 'base64url')]));
    return use(<Row>(sql: string) => db.prepare(sql).all() as Row[]); // By the contract of Query.
  } finally {
    db.close();
  }
}
