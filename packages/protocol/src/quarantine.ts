/** Quarantine as the operator of a hub sees it and empties it: what was stored and acked, but not booked. */
import { z } from 'zod';
import { Amount, CurrencyCode, Cursor, Id128, Instant, LaneName, Seq, Text, Uuid } from './common.ts';

/** Where an entry stands. */
export const QuarantinePlace = z.object({
  device_id: Uuid,
  incarnation: Id128,
  lane: LaneName,
  seq: Seq.min(1),
});
export type QuarantinePlace = z.infer<typeof QuarantinePlace>;

/** `superseded`: the same operation came again in another entry, and that one was booked. */
export const QUARANTINE_RESOLUTIONS = ['booked', 'dismissed', 'superseded'] as const;
export type QuarantineResolution = (typeof QUARANTINE_RESOLUTIONS)[number];

/** An entry that waits for a person, or did. */
export const QuarantineEntry = QuarantinePlace.extend({
  device_name: z.string(),
  store_id: z.string(),
  op_id: Uuid,
  reason: z.string(),
  received_at: Instant,
  resolved_at: Instant.nullable(),
  resolution: z.enum(QUARANTINE_RESOLUTIONS).nullable(),
  /** Of the person who decided. */
  note: z.string().nullable(),
  /** As the sale says; null when that cannot be read. */
  amount_total: Amount.nullable(),
  currency: CurrencyCode.nullable(),
  /** The body line as text; null once it has been erased. */
  body: z.string().nullable(),
});
export type QuarantineEntry = z.infer<typeof QuarantineEntry>;

/** `GET /api/v1/quarantine`, oldest first. */
export const QuarantineList = z.object({
  entries: z.array(QuarantineEntry),
  next_cursor: Cursor.nullable(),
});
export type QuarantineList = z.infer<typeof QuarantineList>;

/** `POST /api/v1/quarantine/resolve`; the answer is the entry as it is then. */
export const ResolveRequest = QuarantinePlace.extend({
  resolution: z.enum(['book', 'dismiss']),
  note: Text.max(500).nullable().default(null),
});
export type ResolveRequest = z.infer<typeof ResolveRequest>;
