/** What an edge tells about itself, what a hub tells about a store, and the problem document of both. */
import { z } from 'zod';
import { Amount, CurrencyCode, Cursor, HashHex, Id128, Instant, LaneName, Seq, Uuid } from './common.ts';

/** The drill: `auto` is the real link. It ends by itself after an hour. */
export const LINK_MODES = ['auto', 'offline', 'timeout', 'intermittent'] as const;
export type LinkMode = (typeof LINK_MODES)[number];

/** Why a link is as it is; `unknown` until the first probe. */
export const LINK_REASONS = [
  'reachable',
  'unknown',
  'drill',
  'not_enrolled',
  'refused',
  'timeout',
  'unreachable',
  'hub_error',
] as const;
export type LinkReason = (typeof LINK_REASONS)[number];

export const LinkRequest = z.object({ mode: z.enum(LINK_MODES) });

export const LinkStatus = z.object({
  state: z.enum(['online', 'offline']),
  reason: z.enum(LINK_REASONS),
  /** One sentence for people. */
  detail: z.string(),
  since: Instant,
  mode: z.enum(LINK_MODES),
  /** When a drill ends by itself. */
  mode_until: Instant.nullable(),
  last_contact_at: Instant.nullable(),
});
export type LinkStatus = z.infer<typeof LinkStatus>;

export const MoneySum = z.object({ currency: CurrencyCode, count: z.number().int(), amount: Amount });
export type MoneySum = z.infer<typeof MoneySum>;

export const LaneStatus = z.object({
  lane: LaneName,
  pending: z.number().int(),
  pending_amounts: z.array(MoneySum),
  tip_seq: Seq,
  acked_seq: Seq,
  safe_seq: Seq,
  oldest_unacked_at: Instant.nullable(),
  quarantined: z.number().int(),
  last_ack_at: Instant.nullable(),
});
export type LaneStatus = z.infer<typeof LaneStatus>;

/** `GET /api/v1/status` of an edge. */
export const EdgeStatus = z.object({
  service: z.literal('edge'),
  software_version: z.string(),
  protocol: z.number().int(),
  now: Instant,
  started_at: Instant,
  enrolled: z.boolean(),
  /**
   * Set when the hub took this device for a clone, or its chain for damaged, and when a page of the store could not be
   * read: what a person must do.
   */
  attention: z.string().nullable(),
  device_id: Uuid.nullable(),
  store_id: z.string(),
  store_name: z.string(),
  currency: CurrencyCode,
  time_zone: z.string(),
  hub_url: z.string().nullable(),
  incarnation: Id128,
  boot: Id128,
  generation: Id128.nullable(),
  link: LinkStatus,
  lanes: z.array(LaneStatus),
  feed: z.object({
    applied_at: Instant.nullable(),
    catalogue_items: z.number().int(),
    staff: z.number().int(),
  }),
  store: z.object({
    db_id: Id128,
    schema_version: z.number().int(),
    cipher: z.string(),
    database_bytes: z.number().int(),
    wal_bytes: z.number().int(),
    free_bytes: z.number().int(),
    reserve_bytes: z.number().int(),
  }),
});
export type EdgeStatus = z.infer<typeof EdgeStatus>;

/** One stream in the hub's reconciliation. */
export const ReconciliationStream = z.object({
  device_id: Uuid,
  device_name: z.string(),
  device_state: z.string(),
  incarnation: Id128,
  lane: LaneName,
  /** In the ledger. */
  acked_seq: Seq,
  safe_seq: Seq,
  head_hash: HashHex,
  entries: z.number().int(),
  sums: z.array(MoneySum),
  quarantined: z.number().int(),
  last_received_at: Instant.nullable(),
  /** As the device last reported; null before its first word. */
  reported: z
    .object({
      tip_seq: Seq,
      tip_hash: HashHex,
      oldest_unacked_at: Instant.nullable(),
      reported_at: Instant,
    })
    .nullable(),
  /** Entries the device has and the ledger lacks. */
  missing: z.number().int(),
  /** Ranges missing inside what is acked; empty unless something is badly wrong. */
  gaps: z.array(z.object({ from_seq: Seq, to_seq: Seq })),
  state: z.enum(['complete', 'waiting', 'fork', 'unknown']),
});
export type ReconciliationStream = z.infer<typeof ReconciliationStream>;

/** `GET /api/v1/reconciliation`. */
export const Reconciliation = z.object({
  store_id: z.string().nullable(),
  as_of: Instant,
  generation: Id128,
  streams: z.array(ReconciliationStream),
  totals: z.array(MoneySum),
  /** Postings per account and currency; the sums per currency are zero. */
  accounts: z.array(z.object({ account: z.string(), currency: CurrencyCode, balance: Amount })),
  balanced: z.boolean(),
  /** Further streams; totals and accounts are those of everything on each page. */
  next_cursor: Cursor.nullable(),
});
export type Reconciliation = z.infer<typeof Reconciliation>;

export const Health = z.object({
  status: z.literal('ok'),
  service: z.string(),
  software_version: z.string(),
});

/**
 * RFC 9457, with a stable `code`, what to do (`action`) and, for faulty requests, where the faults are: a JSON pointer,
 * or the place in a text, whose line and column count from 1.
 */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  code: z.string(),
  action: z.string(),
  trace_id: z.string(),
  errors: z
    .array(
      z.object({
        pointer: z.string(),
        detail: z.string(),
        code: z.string().optional(),
        line: z.number().int().optional(),
        column: z.number().int().optional(),
      }),
    )
    .optional(),
});
export type Problem = z.infer<typeof Problem>;
