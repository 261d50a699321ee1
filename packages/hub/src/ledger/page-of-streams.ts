/** The streams of a reconciliation in pages: there may be many, and each is a row that somebody must read. */
import { AppError } from '@holdfast/base';
import type { Reconciliation, ReconciliationStream } from '@holdfast/protocol';
import { keyOfCursor, listCursor } from './list-cursor.ts';

/** All streams at once, as they are computed. */
export type WholeReconciliation = Omit<Reconciliation, 'next_cursor'>;

const KEY = /^[0-9a-f-]{36}\/[0-9a-f]{32}\/[a-z]+$/;

/** The reconciliation with one page of its streams. Throws AppError `invalid_cursor`, also when its stream is gone. */
export function pageOfStreams(
  whole: WholeReconciliation,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Reconciliation {
  const from = cursor === undefined ? 0 : placeAfter(whole.streams, keyOfCursor(cursor, KEY));
  const streams = whole.streams.slice(from, from + limit);
  const last = from + limit < whole.streams.length ? streams.at(-1) : undefined;
  return { ...whole, streams, next_cursor: last === undefined ? null : listCursor(keyOf(last)) };
}

function placeAfter(streams: readonly ReconciliationStream[], key: string): number {
  const place = streams.findIndex((stream) => keyOf(stream) === key);
  if (place === -1) throw new AppError('invalid_cursor');
  return place + 1;
}

function keyOf({ device_id, incarnation, lane }: ReconciliationStream): string {
  return `${device_id}/${incarnation}/${lane}`;
}
