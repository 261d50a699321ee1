/**
 * What a journal holds. An entry is two lines of text: a header, which is hashed into the chain, and a body, whose
 * hash stands in the header. The body line begins with a random salt, so its hash tells nothing once it is erased.
 * The bytes of both lines are kept and sent as they were written; nobody serialises them again.
 */
import { z } from 'zod';
import { Amount, CurrencyCode, HashHex, Id128, Instant, LaneName, Seq, Text, Uuid } from './common.ts';

/** Version of the entry format. */
export const ENTRY_VERSION = 1;

export const EntryHeader = z.object({
  v: z.number().int().min(1),
  device_id: Uuid,
  incarnation: Id128,
  lane: LaneName,
  seq: Seq.min(1),
  op_id: Uuid,
  kind: z.string().regex(/^[a-z][a-z0-9_.]{0,63}$/),
  at: Instant,
  terminal_id: Text.max(64).nullable(),
  staff_id: Text.max(64).nullable(),
  body_hash: HashHex,
});
export type EntryHeader = z.infer<typeof EntryHeader>;

/** The tender of a booked sale. */
export const BookedTender = z.object({ type: z.string().min(1).max(32), amount: Amount });

/** Body of kind `sale`, version 1. `payload` is the text that was posted, to the letter. */
export const SaleBody = z.object({
  /** Null for a sale made before the hub had said which store this is: it belongs to where the device was enrolled. */
  store_id: Text.min(1).max(128).nullable(),
  cashier_id: Text.min(1).max(64),
  customer_reference: Text.max(128).nullable(),
  currency: CurrencyCode,
  amount_total: Amount,
  tenders: z.array(BookedTender).min(1),
  change: Amount,
  flags: z.array(z.string().max(64)),
  payload: z.string(),
});
export type SaleBody = z.infer<typeof SaleBody>;

/** The body line: the salt is hashed with the body and erased with it. */
export const BodyLine = z.object({ salt: z.string().regex(/^[A-Za-z0-9_-]{22}$/), body: z.unknown() });

/** One stream head that a seal vouches for. */
export const SealHead = z.object({ incarnation: Id128, lane: LaneName, seq: Seq.min(1), hash: HashHex });
export type SealHead = z.infer<typeof SealHead>;

/** The statement a seal signs: every head that one commit moved. */
export const SealStatement = z.object({
  v: z.literal(1),
  alg: z.literal('ed25519'),
  key_id: z.string().min(1).max(80),
  device_id: Uuid,
  heads: z.array(SealHead).min(1).max(16),
});
export type SealStatement = z.infer<typeof SealStatement>;
