/** Receipts of transactions: text, SVG, and the bytes for a printer. */
import {
  RECEIPT_WIDTHS,
  type ReceiptDocument,
  type ReceiptWidth,
  receiptEscPos,
  receiptSvg,
  receiptText,
} from '@holdfast/commerce';
import { z } from 'zod';
import type { EdgeContext } from '../context.ts';
import { receiptOf } from '../sale-receipt.ts';
import type { EdgeApi } from './index.ts';
import { mustFind, READERS } from './transactions.ts';

const Query = z.object({
  width: z.enum(['32', '42', '48']).default('42'),
  /** 0 is the original, n its nth copy. */
  copy: z.coerce.number().int().min(0).max(999).default(0),
});

type Rendering = {
  ending: 'txt' | 'svg' | 'escpos';
  contentType: string;
  render: (document: ReceiptDocument, width: ReceiptWidth) => string | Uint8Array;
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
        const rendered = render(
          receiptOf(context, mustFind(context, params.id), query.copy),
          RECEIPT_WIDTHS[query.width],
        );
        const body = typeof rendered === 'string' ? rendered : Buffer.from(rendered);
        return new Response(body, { headers: { 'content-type': contentType, 'cache-control': 'no-store' } });
      },
    );
  }
}
