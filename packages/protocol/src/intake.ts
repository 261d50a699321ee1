/**
 * The intake API: how a sale enters an edge and how it is read back there and at the hub.
 * Amounts come in as decimal strings or as JSON numbers that are exact at the decimals of their currency.
 */
import { LIMITS } from '@holdfast/base';
import { z } from 'zod';
import { Amount, CurrencyCode, Cursor, Instant, Seq, Text, Uuid } from './common.ts';

/** A price as the intake takes it: a decimal string, or a number (converted exactly or refused). */
export const IntakeAmount = z.union([Amount, z.number()]);

export const SaleItem = z.object({
  sku: Text.min(1).max(128),
  name: Text.min(1).max(200),
  quantity: z.number().int().min(1).max(LIMITS.quantityMax),
  unit_price: IntakeAmount,
});

export const SaleTender = z.object({ type: z.literal('cash'), amount: IntakeAmount });

/** `POST /edge/transactions`. Members not named here are kept in `payload_json` and otherwise ignored. */
export const SaleRequest = z.object({
  cashier_id: Text.min(1).max(64),
  customer_reference: Text.max(128).nullish(),
  items: z.array(SaleItem).min(1).max(LIMITS.saleItemsMax),
  currency: CurrencyCode.default('SEK'),
  tenders: z.array(SaleTender).min(1).max(LIMITS.saleTendersMax).optional(),
});
export type SaleRequest = z.infer<typeof SaleRequest>;

/** The answer 201 to a sale. */
export const SaleReceipt = z.object({
  edge_transaction_id: Uuid,
  seq: Seq,
  receipt_code: z.string(),
  amount_total: Amount,
  change: Amount,
  currency: CurrencyCode,
  message: z.string(),
});
export type SaleReceipt = z.infer<typeof SaleReceipt>;

/** A row of the edge's list of transactions. */
export const EdgeTransaction = z.object({
  id: z.number().int(),
  edge_transaction_id: Uuid,
  store_id: z.string(),
  cashier_id: z.string(),
  customer_reference: z.string().nullable(),
  amount_total: Amount,
  currency: CurrencyCode,
  payload_json: z.string(),
  created_at: Instant,
  synced_at: Instant.nullable(),
  seq: Seq,
  receipt_code: z.string(),
  flags: z.array(z.string()),
  /** True once the contents left this edge, `payload_json` being empty: the hub has them. */
  pruned: z.boolean(),
});
export type EdgeTransaction = z.infer<typeof EdgeTransaction>;

export const EdgeTransactionList = z.object({
  transactions: z.array(EdgeTransaction),
  next_cursor: Cursor.nullable(),
});
export type EdgeTransactionList = z.infer<typeof EdgeTransactionList>;

/** A row of the hub's ledger of transactions. */
export const CentralTransaction = z.object({
  edge_transaction_id: Uuid,
  store_id: z.string(),
  cashier_id: z.string(),
  customer_reference: z.string().nullable(),
  amount_total: Amount,
  currency: CurrencyCode,
  payload_json: z.string(),
  created_at: Instant,
  received_at: Instant,
  device_id: Uuid,
  receipt_code: z.string(),
});
export type CentralTransaction = z.infer<typeof CentralTransaction>;

export const CentralTransactionList = z.object({
  transactions: z.array(CentralTransaction),
  next_cursor: Cursor.nullable(),
});
export type CentralTransactionList = z.infer<typeof CentralTransactionList>;

/** The answer to `POST /edge/sync/push`. `skipped` counts what waits for a person at the hub. */
export const PushResult = z.object({
  pushed: z.number().int(),
  skipped: z.number().int(),
  pending: z.number().int(),
  online: z.boolean(),
});
export type PushResult = z.infer<typeof PushResult>;
