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
  /** Stored by the hub, booked or not. */
  hub: ReadonlySet<string>;
  /** Of these, what the hub has called safe: it is in the archive, and a store may let it go. */
  safe: ReadonlySet<string>;
  /** Devices that the hub knows. */
  devices: ReadonlySet<string>;
};

const HELD = `
  SELECT lower(hex(t.op_id)) AS op, s.device_id, t.synced_at IS NULL AS is_waiting,
    (SELECT value FROM meta WHERE key = 'device_id') AS own_id
  FROM edge_transactions t JOIN entry e ON e.entry_id = t.id JOIN stream s ON s.stream_no = t.id / 1099511627776
  WHERE e.body IS NOT NULL`;

export async function readHoldings(edges: readonly EdgeNode[], hubUrl: string): Promise<Holdings> {
  const held = edges.flatMap((edge) => withStore(edge.options, (query) => query<Held>(HELD)));
  return await withClient(hubUrl, async (client) => {
    const entries = await client.query<{ op: string }>(
      "SELECT DISTINCT replace(op_id::text, '-', '') AS op FROM entry",
    );
    const safe = await client.query<{ op: string }>(
      `SELECT DISTINCT replace(op_id::text, '-', '') AS op FROM entry
       JOIN stream USING (tenant_id, location_id, device_id, incarnation, lane) WHERE seq <= safe_seq`,
    );
    const devices = await client.query<{ device_id: string }>(
      'SELECT device_id::text AS device_id FROM device',
    );
    return {
      edges: held,
      hub: new Set(entries.rows.map(({ op }) => op)),
      safe: new Set(safe.rows.map(({ op }) => op)),
      devices: new Set(devices.rows.map(({ device_id }) => device_id)),
    };
  });
}

/**
 * Who holds what when a hub that lost a part of its database has started again. What it had called safe it finds in its
 * archive, devices too. Of the rest an edge sends again what it sold under the name it has, and what waits in any case.
 */
export function heldAgain({ before, after }: { before: Holdings; after: Holdings }): Holdings {
  const devices = new Set([...before.devices, ...after.devices]);
  const edges = after.edges.filter(
    ({ device_id, own_id, is_waiting }) =>
      is_waiting === 1 || (device_id === String(own_id) && devices.has(device_id)),
  );
  return { ...after, edges, devices, hub: new Set([...after.hub, ...before.safe]) };
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
