/** Receipts of transactions: text, SVG, and the bytes for a printer. */
import { AppError } from '@holdfast/base';
import {
  priceSale,
  type ReceiptDocument,
  receiptDocument,
  receiptEscPos,
  receiptSvg,
  receiptText,
} from '@holdfast/commerce';
import { SaleRequest } from '@holdfast/protocol';
import { z } from 'zod';
import type { EdgeContext } from '../context.ts';
import { readStaff } from '../store/feed.ts';
import { findTerminalOf } from '../store/terminals.ts';
import type { EdgeApi } from './index.ts';
import { mustFind, READERS } from './transactions.ts';

const WIDTHS = { '32': 32, '42': 42, '48': 48 } as const;

const Query = z.object({
  width: z.enum(['32', '42', '48']).default('42'),
  /** 0 is the original, n its nth copy. */
  copy: z.coerce.number().int().min(0).max(999).default(0),
});

type Rendering = {
  ending: 'txt' | 'svg' | 'escpos';
  contentType: string;
  render: (document: ReceiptDocument, width: 32 | 42 | 48) => string | Uint8Array;
};

const RENDERINGS: readonly Rendering[] = [
  { ending: 'txt', contentType: 'text/plain; charset=utf-8', render: receiptText },
  { ending: 'svg', contentType: 'image/svg+xml', render: receiptSvg },
  { ending: 'escpos', contentType: 'application/octet-stream', render: receiptEscPos },
];

export function registerReceipts(api: EdgeApi, context: EdgeContext): void {
  for (const { ending, contentType, render } of RENDERINGS) {
    api.route(
      {
        method: 'get',
        path: `/edge/transactions/{id}/receipt.${ending}`,
        summary: `The receipt as ${ending}`,
        tags: ['receipts'],
        access: READERS,
        params: z.object({ id: z.string() }),
        query: Query,
        responses: { 200: { description: 'The receipt.', contentType } },
      },
      ({ params, query }) => {
        const rendered = render(receiptOf(context, params.id, query.copy), WIDTHS[query.width]);
        const body = typeof rendered === 'string' ? rendered : Buffer.from(rendered);
        return new Response(body, { headers: { 'content-type': contentType, 'cache-control': 'no-store' } });
      },
    );
  }
}

function receiptOf(context: EdgeContext, opId: string, copy: number): ReceiptDocument {
  const transaction = mustFind(context, opId);
  if (transaction.payload_json === '')
    throw new AppError(
      'sale_pruned',
      'The lines of this sale are no longer at this edge, so it cannot be printed again',
    );
  const enrolment = context.enrolment();
  const cashier = readStaff(context.db).find((person) => person.staff_id === transaction.cashier_id);
  const sale = priceSale(SaleRequest.parse(JSON.parse(transaction.payload_json)));
  return receiptDocument({
    ...sale,
    store_name: enrolment?.store_name ?? transaction.store_id,
    store_id: transaction.store_id,
    terminal_name: findTerminalOf(context.db, opId) ?? null,
    cashier_name: cashier?.name ?? transaction.cashier_id,
    op_id: opId,
    receipt_code: transaction.receipt_code,
    seq: transaction.seq,
    created_at: transaction.created_at,
    time_zone: enrolment?.time_zone ?? context.options.timeZone,
    locale: context.options.locale,
    customer_reference: transaction.customer_reference,
    copy,
    offline: transaction.synced_at === null,
  });
}
