/** A person's decision about one entry in quarantine: book it after all, or leave it at that. */
import { AppError } from '@holdfast/base';
import type { QuarantineResolution, ResolveRequest } from '@holdfast/protocol';
import type { PoolClient } from 'pg';
import { judgeContent, type QuarantineReason } from '../ingest/judge.ts';
import { bookWaiting } from './book-waiting.ts';
import { lockEntryAt, type WaitingEntry } from './waiting.ts';

/** Why an entry cannot be booked, in a sentence. */
const SENTENCES: Record<QuarantineReason, string> = {
  device_suspended: 'Its device is suspended.',
  device_revoked: 'Its device has been revoked.',
  wrong_store: 'It names another store.',
  unknown_version: 'It has a version of the entry format that this hub does not know.',
  unknown_kind: 'It is of a kind that this hub does not know.',
  invalid_time: 'It names a time that does not exist.',
  invalid_body: 'It has no body that can be read as a sale.',
  unknown_currency: 'Its currency is not known.',
  amount_precision: 'An amount in it has more decimals than its currency.',
  amount_out_of_range: 'An amount in it is out of range.',
  amounts_do_not_add_up: 'Its tenders less the change are not its total.',
  op_id_reused: 'Its op_id names another operation, which was there before; it can only be dismissed.',
};

/** What counts as done when it is asked for again. */
const MEETS: Record<ResolveRequest['resolution'], readonly QuarantineResolution[]> = {
  book: ['booked', 'superseded'],
  dismiss: ['dismissed'],
};

/**
 * Decides the entry within the caller's transaction. Booking passes over the state of the device and over the store
 * that the sale names: it is booked where its device stands. Asked again, nothing changes. Throws AppError `not_found`,
 * `not_bookable`, or `already_resolved` when it was decided otherwise.
 */
export async function resolveQuarantine(
  client: PoolClient,
  { tenantId, request, nowMs }: { tenantId: string; request: ResolveRequest; nowMs: number },
): Promise<void> {
  const { resolution, note, ...place } = request;
  const waiting = await lockEntryAt(client, { tenantId, place });
  if (waiting === undefined) throw new AppError('not_found', 'No entry at this place is in quarantine.');
  if (waiting.resolution !== null) {
    if (MEETS[resolution].includes(waiting.resolution)) return;
    throw new AppError('already_resolved', `This entry has been ${waiting.resolution} before.`);
  }
  if (resolution === 'book') return book(client, { tenantId, waiting, nowMs, note });
  await client.query(
    `UPDATE quarantine SET resolved_at = $7, resolution = 'dismissed', note = $8
     WHERE tenant_id = $1 AND location_id = $2 AND device_id = $3 AND incarnation = $4 AND lane = $5 AND seq = $6`,
    [
      tenantId,
      waiting.location_id,
      place.device_id,
      place.incarnation,
      place.lane,
      place.seq,
      new Date(nowMs),
      note,
    ],
  );
}

async function book(
  client: PoolClient,
  input: { tenantId: string; waiting: WaitingEntry; nowMs: number; note: string | null },
): Promise<void> {
  const { waiting } = input;
  if (waiting.reason === 'op_id_reused') throw notBookable('op_id_reused');
  const judgement = judgeContent(waiting.entry);
  if (judgement.kind === 'quarantine') throw notBookable(judgement.reason);
  await bookWaiting(client, { ...input, bookables: [{ waiting, booking: judgement.booking }] });
}

function notBookable(reason: QuarantineReason): AppError {
  return new AppError('not_bookable', `The entry cannot be booked. ${SENTENCES[reason]}`);
}
