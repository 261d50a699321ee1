/**
 * The stores of a run. The hub fills the first one itself; each further one is made and filled over the hub's API, as
 * an operator would.
 */

import { AppError } from '@holdfast/base';
import { createHubOperatorClient, type HubOperatorClient, type Transport } from '@holdfast/client';
import { DEMO_CATALOGUE, DEMO_STAFF, DEMO_STORE } from '@holdfast/hub';

const TIMEOUT_MS = 10_000;

/** The hub of a run, as its operator reaches it. */
export type DemoHub = { baseUrl: string; token: string; transport: Transport };

/** The `store_id` of a location, numbered from 1. */
export function demoStoreId(location: number): string {
  return location === 1 ? DEMO_STORE.store_id : `STHLM-${String(location).padStart(3, '0')}`;
}

/** The operator's client of the run's hub. */
export function operatorOf(hub: DemoHub): HubOperatorClient {
  return createHubOperatorClient(hub);
}

/** Makes and fills a location above the first. Doing it again puts the same articles and people. */
export async function ensureDemoStore(hub: DemoHub, location: number): Promise<void> {
  if (location === 1) return;
  const storeId = demoStoreId(location);
  const store = { ...DEMO_STORE, store_id: storeId, name: `Kaffebaren ${location}` };
  await send(hub, 'POST', '/api/v1/locations', store);
  const scope = `?store_id=${encodeURIComponent(storeId)}`;
  for (const { sku, ...item } of DEMO_CATALOGUE)
    await send(hub, 'PUT', `/api/v1/catalogue/${encodeURIComponent(sku)}${scope}`, item);
  for (const { staff_id, ...person } of DEMO_STAFF)
    await send(hub, 'PUT', `/api/v1/staff/${encodeURIComponent(staff_id)}${scope}`, person);
}

async function send(hub: DemoHub, method: 'POST' | 'PUT', path: string, body: object): Promise<void> {
  const answer = await hub.transport({
    method,
    url: `${hub.baseUrl}${path}`,
    headers: { authorization: `Bearer ${hub.token}`, 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(body)),
    timeoutMs: TIMEOUT_MS,
  });
  if (answer.status >= 300)
    throw new AppError('internal', `The hub refused ${method} ${path} with status ${answer.status}.`);
}
