/**
 * The demonstration store: what `holdfast dev` starts with. Running it again changes nothing, so that edges which have
 * read it are not sent it again.
 */
import { createPinHasher } from '@holdfast/crypto';
import type { StaffMember } from '@holdfast/protocol';
import type { Pool } from 'pg';
import type { HubContext } from '../context.ts';
import { locationScope } from '../feed/scopes.ts';
import { type FeedWrite, writeFeed } from '../feed/write-feed.ts';
import { createLocation } from '../identity/locations.ts';
import { DEFAULT_TENANT_NAME, ensureTenant } from '../identity/tenant.ts';
import { transact } from '../store/transact.ts';
import { DEMO_CATALOGUE } from './catalogue.ts';

export const DEMO_TENANT_NAME = 'Holdfast Demo';

/** The store of the demonstration. */
export const DEMO_STORE = {
  store_id: 'STHLM-001',
  name: 'Kaffebaren Slussen',
  currency: 'SEK',
  time_zone: 'Europe/Stockholm',
} as const;

/** Its people. The PINs are for show and stand in the README. */
export const DEMO_STAFF = [
  { staff_id: 'astrid', name: 'Astrid', role: 'cashier', pin: '1234' },
  { staff_id: 'bjorn', name: 'Björn', role: 'cashier', pin: '2345' },
  { staff_id: 'maja', name: 'Maja', role: 'manager', pin: '9876' },
] as const satisfies readonly (Omit<StaffMember, 'pin_hash'> & { pin: string })[];

/** Seeds the tenant of `context` unless its demonstration store has been filled before. */
export async function seedDemo(context: HubContext): Promise<void> {
  const { pool, ports, keys } = context;
  const tenantId = await ensureTenant(pool, { keys, ports });
  await pool.query(
    'UPDATE tenant SET name = $2, revision = revision + 1 WHERE tenant_id = $1 AND name = $3',
    [tenantId, DEMO_TENANT_NAME, DEFAULT_TENANT_NAME],
  );
  const { location } = await createLocation(pool, { tenantId, store: DEMO_STORE, ports });
  await context.identities.keep();
  const scope = locationScope(location.location_id);
  if (await isFilled(pool, { tenantId, scope })) return;
  const staff = await hashedStaff();
  const writes: FeedWrite[] = [
    ...DEMO_CATALOGUE.map((value) => ({ scope, collection: 'catalogue' as const, key: value.sku, value })),
    ...staff.map((value) => ({ scope, collection: 'staff' as const, key: value.staff_id, value })),
  ];
  await transact(pool, (client) => writeFeed(client, { tenantId, writes }));
}

/** What an operator has removed since is still there as a removal: it does not come back. */
async function isFilled(
  pool: Pool,
  { tenantId, scope }: { tenantId: string; scope: string },
): Promise<boolean> {
  const { rowCount } = await pool.query(
    'SELECT FROM feed_item WHERE tenant_id = $1 AND scope = $2 AND key = ANY ($3) LIMIT 1',
    [tenantId, scope, DEMO_CATALOGUE.map((item) => item.sku)],
  );
  return rowCount !== 0;
}

async function hashedStaff(): Promise<StaffMember[]> {
  const hasher = createPinHasher();
  const members: StaffMember[] = [];
  for (const { pin, ...person } of DEMO_STAFF) members.push({ ...person, pin_hash: await hasher.hash(pin) });
  return members;
}
