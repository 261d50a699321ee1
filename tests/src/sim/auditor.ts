/**
 * Judges a world that has come to rest: what the tills were told against the stores of the edges and the ledger of the
 * hub. Written apart from the product; it reads SQLite, PostgreSQL and the archive with its own eyes.
 */
import { auditEdge, type EdgeFindings } from './audit-edge.ts';
import { auditHub, type Booked, type HubFindings } from './audit-hub.ts';
import { auditWorkflows } from './audit-workflows.ts';
import type { Stage } from './disasters.ts';
import type { EdgeNode } from './edge-node.ts';
import { withClient } from './hub-database.ts';
import type { KnownSale } from './sale-book.ts';

/** Everything that is not as it must be, a sentence each. */
export async function audit(stage: Stage): Promise<string[]> {
  const hub = await withClient(stage.database.url, (client) => auditHub(client, stage.hub.archiveFolder));
  const edges = stage.fleet.all.map((edge) => ({ edge, found: auditEdge(edge, hub.keys) }));
  return [
    ...hub.problems,
    ...edges.flatMap(({ found }) => found.problems),
    ...compareSales(
      stage,
      hub,
      edges.map(({ found }) => found),
    ),
    ...edges.flatMap(({ edge, found }) =>
      compareFeed({ edge, found, hub, mayHaveMore: stage.hub.hasLostFeed }),
    ),
    ...auditWorkflows(stage, hub),
    ...(hub.waiting > 0 ? [`${hub.waiting} entries wait for a person at the hub`] : []),
  ];
}

/** The names under which the edges are known to the hub now. */
function identities({ fleet }: Stage): Set<string | undefined> {
  return new Set(fleet.all.map((edge) => edge.composition.context.enrolment()?.device_id));
}

function compareSales(stage: Stage, hub: HubFindings, edges: readonly EdgeFindings[]): string[] {
  const problems: string[] = [];
  const names = identities(stage);
  const byReference = Map.groupBy(hub.booked, ({ reference }) => reference);
  for (const [reference, bookings] of byReference)
    if (stage.book.find(reference) === undefined && stage.workflows.find(reference) === undefined)
      problems.push(`the ledger has ${reference} (${bookings[0]?.opId}), which no till made`);
  for (const sale of stage.book.all) {
    const bookings = byReference.get(sale.reference) ?? [];
    problems.push(...compareSale(sale, bookings, hub.receiptCodes.get(sale.opId ?? '')));
    const isHere = edges.some(({ sales }) => sales.has(sale.opId ?? ''));
    // An edge gets back what it sold under the name it has; of another name that it had, its old disk knows nothing.
    const comesBack = bookings.some(({ deviceId }) => names.has(deviceId));
    if (sale.isSaved && !sale.isDestroyed && !isHere && comesBack)
      problems.push(`no edge has ${sale.reference} (${sale.opId})`);
  }
  return problems;
}

function compareSale(
  sale: KnownSale,
  bookings: readonly Booked[],
  codes: ReadonlySet<string> | undefined,
): string[] {
  const problems: string[] = [];
  const wrong = (what: string) =>
    problems.push(`${sale.reference} (${sale.opId ?? sale.key ?? 'no key'}) ${what}`);
  const [booking] = bookings;
  if (bookings.length > 1) wrong(`is in the ledger ${bookings.length} times`);
  if (booking === undefined) {
    if (sale.isSaved && !sale.isDestroyed) wrong('was saved and is not in the ledger');
    return problems;
  }
  if (!sale.isSaved && sale.unsure === 0) wrong('was refused each time and is in the ledger');
  if (booking.amountMinor !== sale.totalMinor || booking.currency !== sale.currency)
    wrong('is in the ledger with another amount');
  // Where a disk was put back, the receipt of a repeated sale may name another entry of it.
  const isFound = [...sale.receiptCodes].some((code) => codes?.has(code) === true);
  if (sale.isSaved && !isFound && !sale.isDestroyed)
    wrong('was printed with codes that the hub finds nowhere');
  return problems;
}

/** An edge has what the hub has for it; one that may not read the feed has been enrolled again by now. */
function compareFeed(input: {
  edge: EdgeNode;
  found: EdgeFindings;
  hub: HubFindings;
  mayHaveMore: boolean;
}): string[] {
  const { edge, found, hub, mayHaveMore } = input;
  const enrolment = edge.composition.context.enrolment();
  if (enrolment === undefined) return [`${edge.name} is not enrolled`];
  const expected = new Set([
    ...(hub.feed.get(`tenant:${enrolment.tenant_id}`) ?? []),
    ...(hub.feed.get(`location:${enrolment.location_id}`) ?? []),
  ]);
  const lacking = [...expected].filter((text) => !found.feed.has(text));
  const surplus = mayHaveMore ? [] : [...found.feed].filter((text) => !expected.has(text));
  return [
    ...lacking.map((text) => `${edge.name} lacks of the feed: ${text}`),
    ...surplus.map((text) => `${edge.name} has what the feed does not: ${text}`),
  ];
}
