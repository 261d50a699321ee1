/** Every migration, in order. One that has been released is never edited; a mistake is mended by the next one. */
import { APPEND } from './001-append.ts';
import { INGEST } from './001-ingest.ts';
import { LEASE } from './001-lease.ts';
import { LEDGER } from './001-ledger.ts';
import { TABLES } from './001-tables.ts';
import { FEED_WRITE } from './002-feed-write.ts';

export type Migration = { version: number; name: string; sql: string };

export const MIGRATIONS: readonly Migration[] = [
  { version: 1, name: 'first tables', sql: [TABLES, LEDGER, LEASE, APPEND, INGEST].join('\n') },
  { version: 2, name: 'history of the feed', sql: FEED_WRITE },
];

/** The version this program writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;
