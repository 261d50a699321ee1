/**
 * The reference of the sale benchmark: the HTTP server of every Holdfast process with one route that reads the same
 * body, checks the same kind of token and answers a constant as long as a receipt.
 */
import { LIMITS, systemPorts } from '@holdfast/base';
import { createApi, createLogger, listen } from '@holdfast/runtime';
import { serveParent } from './child.ts';
import { SALE_PATH } from './sale-request.ts';
import { usageNow } from './usage.ts';

const TOKEN = 'hf_constant_0000000000000000000000000000000000000000';
const BODY = JSON.stringify({
  edge_transaction_id: '00000000-0000-7000-8000-000000000000',
  seq: 100_000,
  receipt_code: '00000-00000',
  amount_total: '100.00',
  change: '0.00',
  currency: 'SEK',
  message: 'Saved here. Goes to the ledger when the connection is back.',
});

await serveParent('bench-constant', async () => {
  const api = createApi<{ kind: 'api' }>({
    title: 'Constant',
    description: 'Answers a constant.',
    version: '0',
    logger: createLogger({ level: 'error', service: 'constant' }),
    ports: systemPorts,
    authenticate: (request) =>
      request.header('authorization') === `Bearer ${TOKEN}` ? { kind: 'api' } : undefined,
  });
  api.route(
    {
      method: 'post',
      path: SALE_PATH,
      summary: 'Answer a constant',
      tags: ['bench'],
      access: ['api'],
      rawBody: {
        contentTypes: ['application/json'],
        maxBytes: LIMITS.requestBytesMax,
        description: 'Read and forgotten.',
      },
      responses: { 201: { description: 'The constant.' } },
    },
    () => new Response(BODY, { status: 201, headers: { 'content-type': 'application/json' } }),
  );
  const listener = await listen(api.app, { host: '127.0.0.1', port: 0 });
  return {
    ready: { port: listener.port, token: TOKEN },
    answer: usageNow,
    close: () => listener.close(),
  };
});
