/** The stores of a tenant. */
import { AppError, type Ports, uuidV7 } from '@holdfast/base';
import { isCurrency } from '@holdfast/money';
import type { Pool, PoolClient } from 'pg';

/** A store as the API shows it. */
export type Location = {
  location_id: string;
  store_id: string;
  name: string;
  currency: string;
  time_zone: string;
};

const COLUMNS = 'location_id, store_id, name, currency, time_zone';

/** All stores of a tenant, by store_id. */
export async function listLocations(pool: Pool, tenantId: string): Promise<Location[]> {
  const { rows } = await pool.query<Location>(
    `SELECT ${COLUMNS} FROM location WHERE tenant_id = $1 ORDER BY store_id`,
    [tenantId],
  );
  return rows;
}

/** The store with this store_id, or undefined. */
export async function locationOfStore(
  database: Pool | PoolClient,
  { tenantId, storeId }: { tenantId: string; storeId: string },
): Promise<Location | undefined> {
  const { rows } = await database.query<Location>(
    `SELECT ${COLUMNS} FROM location WHERE tenant_id = $1 AND store_id = $2`,
    [tenantId, storeId],
  );
  return rows[0];
}

/**
 * Creates a store, or returns the one that is exactly so already. Throws AppError `unknown_currency`, or
 * `invalid_request` for an unknown time zone and for a store_id that is taken by another store.
 */
export async function createLocation(
  pool: Pool,
  input: {
    tenantId: string;
    store: Omit<Location, 'location_id'>;
    ports: Pick<Ports, 'clock' | 'random'>;
  },
): Promise<{ location: Location; created: boolean }> {
  const { tenantId, store, ports } = input;
  if (!isCurrency(store.currency))
    throw new AppError('unknown_currency', `${store.currency} is not a currency.`);
  if (!isTimeZone(store.time_zone))
    throw fault('/time_zone', 'expected a time zone such as Europe/Stockholm');
  const { rows } = await pool.query<Location>(
    `INSERT INTO location (tenant_id, location_id, store_id, name, currency, time_zone, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant_id, store_id) DO NOTHING RETURNING ${COLUMNS}`,
    [
      tenantId,
      uuidV7(ports),
      store.store_id,
      store.name,
      store.currency,
      store.time_zone,
      new Date(ports.clock.nowMs()),
    ],
  );
  const location = rows[0] ?? (await locationOfStore(pool, { tenantId, storeId: store.store_id }));
  const isSame = location?.name === store.name && location.currency === store.currency;
  if (location === undefined || !isSame || location.time_zone !== store.time_zone) {
    throw fault('/store_id', `the store ${store.store_id} exists already, with other particulars`);
  }
  return { location, created: rows.length > 0 };
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false; // Intl has no other way to say that a zone is unknown.
  }
}

function fault(pointer: string, detail: string): AppError {
  return new AppError('invalid_request', undefined, { faults: [{ pointer, detail }] });
}
