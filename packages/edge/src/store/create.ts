/** Makes a store what it must be before anybody uses it: schema, identity, first streams; and tells a restored one. */
import { type Ports, randomId, uuidV7 } from '@holdfast/base';
import { generateSigningKey } from '@holdfast/crypto';
import { readMeta, writeMeta } from './meta.ts';
import { migrate } from './migrations/index.ts';
import type { Db } from './open.ts';
import { createStreams } from './streams.ts';

/**
 * Migrates the schema and, in a new store, makes the device's identity: its key, its id until a hub gives it one, and
 * the streams of its first incarnation. One transaction: a store has all of it or none.
 */
export function prepareStore(db: Db, ports: Ports): void {
  migrate(db);
  makeIdentity(db, ports);
}

/** Makes the device's identity in a store that has none. */
function makeIdentity(db: Db, ports: Ports): void {
  db.transaction(() => {
    if (readMeta(db, 'db_id') !== undefined) return;
    const deviceId = uuidV7(ports);
    const pkcs8 = generateSigningKey(ports.random).exportPkcs8();
    writeMeta(db, 'db_id', randomId(ports.random));
    writeMeta(db, 'device_id', deviceId);
    writeMeta(db, 'device_key', pkcs8);
    pkcs8.fill(0);
    createStreams(db, { deviceId, incarnation: randomId(ports.random), nowMs: ports.clock.nowMs() });
  })();
}
