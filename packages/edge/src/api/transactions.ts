/** The intake: sales in, sales out. */
import { isUtf8 } from 'node:buffer';
import { AppError, isUuid, LIMITS, uuidV7 } from '@holdfast/base';
import { opIdOf } from '@holdfast/crypto';
import { EdgeTransaction, EdgeTransactionList, SaleReceipt, SaleRequest } from '@holdfast/protocol';
import { z } from 'zod';
import type { EdgeContext } from '../context.ts';
import { findTransaction, listTransactions } from '../store/transactions.ts';
import type { EdgePrincipal } from './access.ts';
import type { EdgeApi } from './index.ts';

/** Who may ask to sell; at a terminal, somebody must have signed in. */
const SELLERS = ['api', 'terminal', 'staff'] as const;
export const READERS = ['api', 'terminal', 'staff'] as const;

const KEY = /^[\x21-\x7e]{1,255}$/;

export const PageLimit = z.coerce
  .number()
  .int()
  .min(1)
  .max(LIMITS.pageRowsMax)
  .default(LIMITS.pageRowsDefault);

const EXAMPLE = {
  cashier_id: 'astrid',
  customer_reference: null,
  items: [{ sku: 'latte', name: 'Caffè latte', quantity: 1, unit_price: '45.00' }],
  currency: 'SEK',
};

export function registerTransactions(api: EdgeApi, context: EdgeContext): void {
  registerSale(api, context);
  api.route(
    {
      method: 'get',
      path: '/edge/transactions',
      summary: 'List transactions, newest first',
      tags: ['transactions'],
      access: READERS,
      query: z.object({
        synced: z.enum(['true', 'false']).optional(),
        limit: PageLimit,
        cursor: z.string().max(64).optional(),
      }),
      responses: {
        200: { description: 'A page; `next_cursor` is null on the last one.', schema: EdgeTransactionList },
      },
    },
    ({ query }) => {
      const synced = query.synced === undefined ? undefined : query.synced === 'true';
      const beforeId = query.cursor === undefined ? undefined : parseCursor(query.cursor);
      const page = listTransactions(context.db, { synced, beforeId, limit: query.limit });
      const last = page.transactions.at(-1);
      return {
        body: { transactions: page.transactions, next_cursor: page.more && last ? String(last.id) : null },
      };
    },
  );
  api.route(
    {
      method: 'get',
      path: '/edge/transactions/{id}',
      summary: 'One transaction by its operation',
      tags: ['transactions'],
      access: READERS,
      params: z.object({ id: z.string() }),
      responses: { 200: { description: 'The transaction.', schema: EdgeTransaction } },
    },
    ({ params }) => ({ body: mustFind(context, params.id) }),
  );
}

/** The transaction of an operation, or `not_found`. */
export function mustFind(context: EdgeContext, opId: string): EdgeTransaction {
  const transaction = isUuid(opId) ? findTransaction(context.db, opId) : undefined;
  if (!transaction) throw new AppError('not_found', 'No transaction has this id');
  return transaction;
}

function registerSale(api: EdgeApi, context: EdgeContext): void {
  api.route(
    {
      method: 'post',
      path: '/edge/transactions',
      summary: 'Take a sale',
      description:
        'Answered after the sale is on the disk of the edge. Send an `Idempotency-Key` (best a UUIDv7 the till made and keeps until the 201) and repeat with the same key whenever no answer came: the same key is the same sale. Without `tenders` the sale is paid with exact cash.',
      tags: ['transactions'],
      access: SELLERS,
      rawBody: {
        contentTypes: ['application/json'],
        maxBytes: LIMITS.requestBytesMax,
        description: 'The sale.',
        schema: SaleRequest,
      },
      responses: {
        201: {
          description: 'The sale is saved.',
          schema: SaleReceipt,
          headers: { 'Idempotent-Replayed': '`true` when the sale had been saved by an earlier request.' },
        },
      },
      example: EXAMPLE,
    },
    async ({ raw, principal, request }) => {
      if (!isUtf8(raw)) throw new AppError('malformed_json', 'The body is not UTF-8');
      const place = placeOf(principal);
      const result = await context.writer.submit({
        type: 'sale',
        op_id: opIdFor(context, request.header('idempotency-key'), place.terminal_id),
        text: Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('utf8'),
        ...place,
      });
      if (!result.replayed) context.sync.noteSale();
      return new Response(result.body, { status: 201, headers: result.replayed ? REPLAYED : CREATED });
    },
  );
}

const CREATED = { 'content-type': 'application/json', 'cache-control': 'no-store' };
const REPLAYED = { ...CREATED, 'idempotent-replayed': 'true' };

function placeOf(principal: EdgePrincipal): { terminal_id: string | null; staff_id: string | null } {
  if (principal.kind === 'terminal') throw new AppError('sign_in_required');
  if (principal.kind === 'api') return { terminal_id: null, staff_id: null };
  return { terminal_id: principal.terminal_id, staff_id: principal.staff_id };
}

/** An Idempotency-Key as it was sent; undefined when none was. Throws AppError `invalid_idempotency_key`. */
export function checkedKey(key: string | undefined): string | undefined {
  if (key !== undefined && !KEY.test(key)) throw new AppError('invalid_idempotency_key');
  return key;
}

function opIdFor(context: EdgeContext, header: string | undefined, terminalId: string | null): string {
  const key = checkedKey(header);
  if (key === undefined) return uuidV7(context.ports);
  // Keys of programs are made for one edge; the id of its database tells those of two edges apart, and survives a restore.
  return opIdOf({ key, terminalId: terminalId ?? `api:${context.dbId}` });
}

function parseCursor(text: string): number {
  const id = Number(text);
  if (!Number.isSafeInteger(id) || id < 1) throw new AppError('invalid_cursor');
  return id;
}
