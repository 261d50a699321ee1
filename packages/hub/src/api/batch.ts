/**
 * Batches up. The seal inside an NDJSON batch is what the ledger trusts; the signature of the request says who may
 * use the line. A device in any state may hand in what it has sold: what may not be booked is quarantined.
 */
import { LIMITS } from '@holdfast/base';
import { BATCH_CONTENT_TYPE, BatchAnswer, JsonBatchResult } from '@holdfast/protocol';
import type { RouteSpec } from '@holdfast/runtime';
import { z } from 'zod';
import type { HubApi, HubServices } from './hub-api.ts';

const RESPONSES = {
  200: { description: 'Committed.', schema: z.union([BatchAnswer, JsonBatchResult]) },
  409: {
    description: '`gap`, `fork`, `clone` or `hub_changed`: what the edge does is named in the protocol.',
    schema: BatchAnswer,
  },
  422: { description: '`invalid`: chain or seal does not verify.', schema: BatchAnswer },
  429: { description: '`busy`: come again later.', schema: BatchAnswer },
};

const HAND_IN = {
  method: 'post',
  path: '/api/v1/transactions/batch',
  summary: 'Hand in entries of a stream',
  description: 'NDJSON with a seal, gzip by Content-Encoding; or a plain JSON list from simple senders.',
  tags: ['Sync'],
  access: ['device'],
  rawBody: {
    contentTypes: [BATCH_CONTENT_TYPE, 'application/json'],
    maxBytes: LIMITS.batchRequestBytesMax,
    description: 'Head, then header and body line of each entry, then the seal.',
  },
  responses: RESPONSES,
} as const satisfies RouteSpec;

/** Adds `/api/v1/transactions/batch`. */
export function addBatchRoutes(api: HubApi, { hub }: HubServices): void {
  api.route(HAND_IN, async ({ principal, raw, request }) => {
    const batch = {
      device: principal,
      contentEncoding: request.header('content-encoding'),
      raw,
      receivedAtMs: hub.ports.clock.nowMs(),
    };
    const isNdjson = request.header('content-type')?.toLowerCase().startsWith(BATCH_CONTENT_TYPE) ?? false;
    if (!isNdjson) return { body: await hub.ingest.acceptJson(batch) };
    const { answer, status } = await hub.ingest.accept(batch);
    return { status, body: answer };
  });
}
