/** Reads the state that the writer keeps in memory from the store. */
import { must } from '@holdfast/base';
import { createCatalogue } from '@holdfast/commerce';
import { importSigningKey } from '@holdfast/crypto';
import type { Lane } from '@holdfast/protocol';
import { readEnrolment } from '../store/enrolment.ts';
import { readCatalogue } from '../store/feed.ts';
import { readMeta, readMetaBytes } from '../store/meta.ts';
import type { Db } from '../store/open.ts';
import { openStreams } from '../store/streams.ts';
import type { Tip, WriterState } from './transaction.ts';

/** The state as the store has it; `storeId` names the store until the device is enrolled. */
export function loadState(db: Db, storeId: string): WriterState {
  const tips = new Map<Lane, Tip>();
  for (const row of openStreams(db)) tips.set(row.lane, { row, seq: row.tip_seq, hash: row.tip_hash });
  const [first] = tips.values();
  const enrolment = readEnrolment(db);
  return {
    dbId: must(readMeta(db, 'db_id'), 'the store has an id'),
    deviceId: must(readMeta(db, 'device_id'), 'the store names its device'),
    incarnation: must(first, 'the store has open streams').row.incarnation,
    key: importSigningKey(must(readMetaBytes(db, 'device_key'), 'the store holds the device key')),
    storeId: enrolment?.store_id ?? storeId,
    isEnrolled: enrolment !== undefined,
    tips,
    catalogue: createCatalogue(readCatalogue(db)),
  };
}
