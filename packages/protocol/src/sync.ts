/**
 * What travels between an edge and its hub about streams: batches up, answers, the feed down, heartbeats.
 *
 * A batch is NDJSON: a {@link BatchHead} line, then header line and body line of every entry in order, then a
 * {@link SealLine}. Above `LIMITS.compressAboveBytes` it is sent with `Content-Encoding: gzip`.
 */
import { LIMITS } from '@holdfast/base';
import { z } from 'zod';
import { Base64Url, Cursor, HashHex, Id128, Instant, LaneName, Seq, Text, Uuid } from './common.ts';

export const BATCH_CONTENT_TYPE = 'application/x-ndjson';

/** The hub's statement of what it has committed, with a MAC under a key that is not in its database. */
export const AckStatement = z.object({
  generation: Id128,
  device_id: Uuid,
  incarnation: Id128,
  lane: LaneName,
  acked_seq: Seq,
  head_hash: HashHex,
  safe_seq: Seq,
  mac: Base64Url,
});
export type AckStatement = z.infer<typeof AckStatement>;

/** State of one stream as its device tells it. */
export const StreamReport = z.object({
  incarnation: Id128,
  lane: LaneName,
  tip_seq: Seq,
  tip_hash: HashHex,
  acked_seq: Seq,
  oldest_unacked_at: Instant.nullable(),
});
export type StreamReport = z.infer<typeof StreamReport>;

export const BatchHead = z.object({
  protocol: z.number().int().min(1),
  boot: Id128,
  /** How often this store has been started: of two boots, the one with the higher number is the later. */
  boot_no: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
  first_seq: Seq.min(1),
  count: z.number().int().min(1).max(LIMITS.batchEntriesMax),
  /** Hash of the entry before the first, 64 zeros at the start of a stream. */
  prev_hash: HashHex,
  stream: StreamReport,
  /** The last ack the device holds for this stream. */
  last_ack: AckStatement.nullable(),
});
export type BatchHead = z.infer<typeof BatchHead>;

/** Last line of a batch: a seal whose heads include the batch's last entry. */
export const SealLine = z.object({ statement: z.string().max(8192), signature: Base64Url });
export type SealLine = z.infer<typeof SealLine>;

/** An entry that is stored and acked but waits for a person. */
export const Quarantined = z.object({ seq: Seq, op_id: Uuid, reason: z.string() });

/** Answers to a batch; the comment of each says what the edge does. */
export const BatchAnswer = z.discriminatedUnion('answer', [
  /** Committed. Quarantined entries count as committed. */
  z.object({ answer: z.literal('acked'), ack: AckStatement, quarantined: z.array(Quarantined) }),
  /** Entries are missing: send again from `expected`. */
  z.object({ answer: z.literal('gap'), expected: Seq.min(1) }),
  /** The hub holds another entry at `at_seq`: this disk was restored. New incarnation, re-wrap. */
  z.object({ answer: z.literal('fork'), at_seq: Seq, hub_hash: HashHex }),
  /** Another live process shows this identity. New incarnation, enrol again. */
  z.object({ answer: z.literal('clone') }),
  /** Chain or seal does not verify at `at_seq`. Verify locally; never retry for ever. */
  z.object({ answer: z.literal('invalid'), at_seq: Seq, reason: z.string() }),
  /** The hub was restored: resend everything above `acked_seq`. */
  z.object({ answer: z.literal('hub_changed'), generation: Id128, acked_seq: Seq, head_hash: HashHex }),
  /** Obey. */
  z.object({
    answer: z.literal('busy'),
    retry_after_ms: z.number().int().min(0),
    max_batch: z.number().int().min(1),
    pause: z.array(LaneName),
  }),
]);
export type BatchAnswer = z.infer<typeof BatchAnswer>;

/** HTTP status of each answer. */
export const BATCH_ANSWER_STATUS = {
  acked: 200,
  gap: 409,
  fork: 409,
  clone: 409,
  invalid: 422,
  hub_changed: 409,
  busy: 429,
} as const satisfies Record<BatchAnswer['answer'], number>;

/** Incarnation of the streams that the hub writes itself, for devices without a journal; no device pulls them. */
export const HUB_INCARNATION = '0'.repeat(32);

/**
 * First line of a page of a device's own entries, as `GET /api/v1/sync/entries` gives it; header line and body line of
 * each entry follow. A body that was erased is `null`.
 */
export const EntriesHead = z.object({
  incarnation: Id128,
  lane: LaneName,
  first_seq: Seq.min(1),
  count: z.number().int().min(0).max(LIMITS.batchEntriesMax),
  /** Hash of the entry before the first, 64 zeros before the start of a stream; null when the hub does not hold it. */
  prev_hash: HashHex.nullable(),
  /** The last entry of the stream that the hub holds; 0 when it does not know the stream. */
  tip_seq: Seq,
});
export type EntriesHead = z.infer<typeof EntriesHead>;

/** The JSON batch for simple senders; authenticated like every request of a device, booked like every sale. */
export const JsonBatch = z
  .array(
    z.object({
      transaction_id: Text.min(1).max(128),
      store_id: Text.min(1).max(128).optional(),
      cashier_id: Text.min(1).max(64),
      customer_reference: Text.max(128).nullish(),
      amount: z.union([Text.max(64), z.number()]),
      currency: z.string().regex(/^[A-Z]{3}$/),
      timestamp: z.iso.datetime({ offset: true }),
    }),
  )
  .max(LIMITS.batchEntriesMax);
export type JsonBatch = z.infer<typeof JsonBatch>;

export const JsonBatchResult = z.object({ synced_ids: z.array(z.string()) });

/** An article of the catalogue. */
export const CatalogueItem = z.object({
  sku: Text.min(1).max(128),
  name: Text.min(1).max(200),
  price: z.string(),
  currency: z.string(),
  category: Text.max(64),
  barcode: Text.max(64).nullable(),
  symbol: Text.max(8),
  /** Place on the shelf; articles without one come last, by sku. */
  position: z.number().int().min(0).max(1_000_000).optional(),
});
export type CatalogueItem = z.infer<typeof CatalogueItem>;

export const STAFF_ROLES = ['cashier', 'manager'] as const;

/** A person who may sign in at the terminals of a location. `pin_hash` is an argon2id string. */
export const StaffMember = z.object({
  staff_id: Text.min(1).max(64),
  name: Text.min(1).max(200),
  role: z.enum(STAFF_ROLES),
  pin_hash: z.string().max(256),
});
export type StaffMember = z.infer<typeof StaffMember>;

/** Collections of the feed and the shape of their values. */
export const FEED_COLLECTIONS = { catalogue: CatalogueItem, staff: StaffMember } as const;
export type FeedCollection = keyof typeof FEED_COLLECTIONS;

/** One change; `value` null removes the key. Versions are gapless in a scope, in commit order. */
export const FeedChange = z.object({
  scope: z.string().max(128),
  version: z.number().int().min(1),
  collection: z.string().max(64),
  key: z.string().max(128),
  value: z.unknown(),
});
export type FeedChange = z.infer<typeof FeedChange>;

/** How much of a stream the hub has booked, holds in its archive, and keeps back for a person. */
const Included = z.object({
  incarnation: Id128,
  lane: LaneName,
  seq: Seq,
  safe_seq: Seq.optional(),
  quarantined: z.number().int().min(0).optional(),
});

/**
 * `GET /api/v1/sync/changes`. Apply `changes` and store `cursor` in one transaction. With `reset` the edge first
 * empties what the feed filled: the page starts a snapshot.
 */
export const FeedPage = z.object({
  generation: Id128,
  reset: z.boolean(),
  changes: z.array(FeedChange),
  /** Streams of this device as the hub had booked them when the page was read. */
  includes: z.array(Included),
  cursor: Cursor,
  more: z.boolean(),
  server_time: Instant,
});
export type FeedPage = z.infer<typeof FeedPage>;

/** `POST /api/v1/devices/{id}/heartbeat`: what the device holds, sent also when there is nothing to push. */
export const Heartbeat = z.object({
  boot: Id128,
  software_version: Text.max(64),
  streams: z.array(StreamReport).max(64),
});
export type Heartbeat = z.infer<typeof Heartbeat>;

export const HeartbeatAnswer = z.object({ generation: Id128, server_time: Instant, state: z.string() });
export type HeartbeatAnswer = z.infer<typeof HeartbeatAnswer>;
