/** The edge's local API, put together. */
import { existsSync } from 'node:fs';
import { Health } from '@holdfast/protocol';
import { type Api, createApi } from '@holdfast/runtime';
import { type EdgeContext, SOFTWARE_VERSION } from '../context.ts';
import { mapPageError } from '../store/page-error.ts';
import { createAccess, type EdgePrincipal } from './access.ts';
import { registerDevices } from './devices.ts';
import { registerIdentity } from './identity.ts';
import { registerMetrics } from './metrics.ts';
import { registerReceipts } from './receipts.ts';
import { registerSync } from './sync.ts';
import { serveTill } from './till.ts';
import { registerTransactions } from './transactions.ts';
import { registerWorkflows } from './workflows.ts';

export type EdgeApi = Api<EdgePrincipal>;

/** The app of an edge; everything it needs is in the context. */
export function createEdgeApi(context: EdgeContext): EdgeApi['app'] {
  const access = createAccess(context);
  const api: EdgeApi = createApi<EdgePrincipal>({
    title: 'Holdfast edge',
    description:
      'The local API of a store: take sales, read them back, see and steer their way to the ledger. Amounts are decimal strings.',
    version: SOFTWARE_VERSION,
    logger: context.logger,
    ports: context.ports,
    authenticate: (request) => access.authenticate(request),
    mapError(error) {
      context.damage.note(error);
      return mapPageError(error);
    },
  });
  api.route(
    {
      method: 'get',
      path: '/health',
      summary: 'Whether this process runs',
      tags: ['status'],
      access: 'open',
      responses: { 200: { description: 'It does.', schema: Health } },
    },
    () => ({ body: { status: 'ok', service: 'edge', software_version: SOFTWARE_VERSION } }),
  );
  registerTransactions(api, context);
  registerReceipts(api, context);
  registerSync(api, context);
  registerWorkflows(api, context);
  registerDevices(api, context);
  registerIdentity(api, context, access);
  registerMetrics(api, context);
  const { tillFolder } = context.options;
  if (tillFolder !== undefined && existsSync(tillFolder)) serveTill(api, tillFolder);
  return api.app;
}
