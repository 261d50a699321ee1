/** A device's own entries back down, for one whose disk was restored from a copy. */
import { LIMITS } from '@holdfast/base';
import { BATCH_CONTENT_TYPE, Id128, LaneName } from '@holdfast/protocol';
import type { RouteSpec } from '@holdfast/runtime';
import { z } from 'zod';
import { assertMay } from '../identity/device-state.ts';
import { readOwnEntries } from '../ledger/read-own-entries.ts';
import { transact } from '../store/transact.ts';
import type { HubApi, HubServices } from './hub-api.ts';

const ENTRIES = {
  method: 'get',
  path: '/api/v1/sync/entries',
  summary: 'What the hub holds of a stream of this device',
  description:
    'NDJSON: a head, then header and body line of each entry after `after_seq`, to the byte; an erased body is ' +
    `\`null\`. At most ${LIMITS.batchBytesMax} bytes, but one entry at least. A stream the hub does not know is empty.`,
  tags: ['Sync'],
  access: ['device'],
  query: z.object({
    incarnation: Id128,
    lane: LaneName,
    after_seq: z.coerce
      .number()
      .int()
      .min(0)
      .max(Number.MAX_SAFE_INTEGER - 1),
    limit: z.coerce.number().int().min(1).max(LIMITS.batchEntriesMax).default(LIMITS.batchEntriesFirst),
  }),
  responses: {
    200: { description: 'One page.', contentType: BATCH_CONTENT_TYPE },
    403: { description: 'The device is suspended or revoked.' },
  },
} as const satisfies RouteSpec;

/** Adds `/api/v1/sync/entries`. */
export function addOwnEntriesRoutes(api: HubApi, { hub }: HubServices): void {
  api.route(ENTRIES, async ({ query, principal }) => {
    assertMay(principal, 'read');
    const page = await transact(
      hub.pool,
      (client) => readOwnEntries(client, { reader: principal, ...query }),
      'snapshot',
    );
    const headers = { 'content-type': BATCH_CONTENT_TYPE, 'cache-control': 'no-store' };
    return new Response(new Uint8Array(page), { headers });
  });
}
