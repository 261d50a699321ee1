/**
 * Who holds which sale. A disk that is put back to a copy takes along what nobody else had: of such a sale nobody can ask
 * that it be found, only that it is not there twice. Everything else must survive.
 */
import type { EdgeNode } from './edge-node.ts';
import { withClient } from './hub-database.ts';
import type { SaleBook } from './sale-book.ts';
import { withStore } from './store-reader.ts';

/** An operation in a store, and whether it would go to the hub again by itself should that have lost it. */
type Held = { op: string; device_id: string; own_id: string; is_waiting: number };

export type Holdings = {
  /** With their bodies, in the stores of the edges. */
  edges: readonly Held[];
  /** Stored by the hub, booked or not, or in its archive. */
  hub: ReadonlySet<string>;
  /** Devices that the hub knows, or finds in its archive. */
  devices: ReadonlySet<string>;
};

/** What the archive of the hub holds: operations that were called safe, and devices. */
export type Archived = { ops: Set<string>; devices: Set<string> };

const HELD = `
  SELECT lower(hex(t.op_id)) AS op, s.device_id, t.synced_at IS NULL AS is_waiting,
    (SELECT value FROM meta WHERE key = 'device_id') AS own_id
  FROM edge_transactions t JOIN entry e ON e.entry_id = t.id JOIN stream s ON s.stream_no = t.id / 1099511627776
  WHERE e.body IS NOT NULL`;

/** Reads who holds what now, and adds to `archived` what is in the archive of the hub by now. */
export async function readHoldings(
  edges: readonly EdgeNode[],
  { url, archived }: { url: string; archived: Archived },
): Promise<Holdings> {
  const held = edges.flatMap((edge) => withStore(edge.options, (query) => query<Held>(HELD)));
  return await withClient(url, async (client) => {
    const entries = await client.query<{ op: string }>(
      "SELECT DISTINCT replace(op_id::text, '-', '') AS op FROM entry",
    );
    const safe = await client.query<{ op: string }>(
      `SELECT DISTINCT replace(op_id::text, '-', '') AS op FROM entry
       JOIN stream USING (tenant_id, location_id, device_id, incarnation, lane) WHERE seq <= safe_seq`,
    );
    // Whoever enrols a device is answered once it is in the archive.
    const devices = await client.query<{ device_id: string }>(
      'SELECT device_id::text AS device_id FROM device WHERE archived_revision > 0',
    );
    for (const { op } of safe.rows) archived.ops.add(op);
    for (const { device_id } of devices.rows) archived.devices.add(device_id);
    return {
      edges: held,
      hub: new Set([...entries.rows.map(({ op }) => op), ...archived.ops]),
      devices: new Set(archived.devices),
    };
  });
}

/**
 * Who holds what once a hub that lost a part of its database has started again. An edge sends again what it sold under
 * the name it has, and what waits in any case; the rest is for the archive.
 */
export function heldAgain(after: Holdings): Holdings {
  const edges = after.edges.filter(
    ({ device_id, own_id, is_waiting }) =>
      is_waiting === 1 || (device_id === String(own_id) && after.devices.has(device_id)),
  );
  return { ...after, edges };
}

/** Compares before and after a disk was put back; what was nowhere before is a sale that was lost. */
export function markDestroyed(
  { book, problems }: { book: SaleBook; problems: string[] },
  { before, after }: { before: Holdings; after: Holdings },
): void {
  const [wereHeld, areHeld] = [opsOf(before), opsOf(after)];
  for (const sale of book.saved()) {
    const op = sale.opId?.replaceAll('-', '') ?? '';
    if (sale.isDestroyed || areHeld.has(op)) continue;
    sale.isDestroyed = true;
    if (!wereHeld.has(op))
      problems.push(`${sale.reference} (${sale.opId}) was lost before a disk was put back`);
  }
}

function opsOf({ edges, hub }: Holdings): Set<string> {
  return new Set([...hub, ...edges.map(({ op }) => op)]);
}
