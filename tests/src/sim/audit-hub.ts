/** Audits the database of the hub and its archive: sequences, chain, bodies, seals, and the ledger to the last posting. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from 'pg';
import { feedText } from './audit-edge.ts';
import { codeOnReceipt, minorOf, NO_HASH, openSeal, sha256 } from './own-reckoning.ts';

type StreamRow = {
  device_id: string;
  incarnation: string;
  lane: string;
  acked_seq: string;
  safe_seq: string;
  head_hash: Buffer;
};
type EntryRow = {
  device_id: string;
  incarnation: string;
  lane: string;
  seq: string;
  op_id: string;
  header: Buffer;
  body: Buffer | null;
  hash: Buffer;
};
type SealRow = {
  device_id: string;
  incarnation: string;
  lane: string;
  seq: string;
  statement: string;
  signature: Buffer;
};
type BookingRow = {
  booking_no: string;
  op_id: string;
  device_id: string;
  incarnation: string;
  lane: string;
  seq: string;
  customer_reference: string | null;
  currency: string;
  amount_minor: string;
  receipt_code: string;
};
type PostingRow = { booking_no: string; account: string; currency: string; amount_minor: string };

/** A sale in the ledger. */
export type Booked = {
  opId: string;
  deviceId: string;
  reference: string;
  currency: string;
  amountMinor: bigint;
  receiptCode: string;
};

export type HubFindings = {
  booked: Booked[];
  /** By operation the receipt codes of all entries that hold it: a repeat may stand in another body. */
  receiptCodes: Map<string, Set<string>>;
  /** Rows of the feed by scope. */
  feed: Map<string, Set<string>>;
  keys: Map<string, Uint8Array>;
  /** Places of entries that wait for a person. */
  waiting: number;
  problems: string[];
};

type Body = {
  body: {
    customer_reference: string;
    currency: string;
    amount_total: string;
    change: string;
    tenders: { amount: string }[];
  };
};

export async function auditHub(client: Client, archiveFolder: string): Promise<HubFindings> {
  const problems: string[] = [];
  const rows = async <T>(sql: string): Promise<T[]> => (await client.query(sql)).rows;
  const keys = new Map(
    (await rows<{ key_id: string; public_key: Buffer }>('SELECT key_id, public_key FROM device_key')).map(
      (row) => [row.key_id, row.public_key],
    ),
  );
  const streams = await rows<StreamRow>('SELECT * FROM stream');
  const entries = Map.groupBy(await rows<EntryRow>('SELECT * FROM entry ORDER BY seq'), nameOf);
  const seals = Map.groupBy(await rows<SealRow>('SELECT * FROM seal ORDER BY seq'), nameOf);
  for (const stream of streams) {
    const name = nameOf(stream);
    auditStream({
      stream,
      entries: entries.get(name) ?? [],
      wrong: (what) => problems.push(`hub, stream ${name}: ${what}`),
    });
    auditSeals({ stream, seals: seals.get(name) ?? [], entries: entries.get(name) ?? [], keys, problems });
  }
  auditArchive([...entries.values()].flat(), { archiveFolder, problems });
  const postings = Map.groupBy(
    await rows<PostingRow>('SELECT * FROM posting'),
    ({ booking_no }) => booking_no,
  );
  const bookings = await rows<BookingRow>('SELECT * FROM booking');
  const booked = bookings.map((booking) => {
    const entry = entries.get(nameOf(booking))?.[Number(booking.seq) - 1];
    return auditBooking({ booking, entry, postings: postings.get(booking.booking_no) ?? [], problems });
  });
  if (postings.size !== bookings.length) problems.push('hub: postings of a booking that is not there');
  const [waiting] = await rows<{ count: string }>(
    'SELECT count(*) FROM quarantine WHERE resolved_at IS NULL',
  );
  const receiptCodes = codesOf([...entries.values()].flat());
  return {
    booked,
    receiptCodes,
    feed: await readFeed(client),
    keys,
    waiting: Number(waiting?.count),
    problems,
  };
}

function nameOf(row: { device_id: string; incarnation: string; lane: string }): string {
  return `${row.device_id}/${row.incarnation}/${row.lane}`;
}

function auditStream({
  stream,
  entries,
  wrong,
}: {
  stream: StreamRow;
  entries: readonly EntryRow[];
  wrong: (what: string) => void;
}): void {
  let hash: Buffer = NO_HASH;
  for (const [index, entry] of entries.entries()) {
    const seq = index + 1;
    const header: { seq: number; device_id: string; incarnation: string; op_id: string; body_hash: string } =
      JSON.parse(entry.header.toString());
    if (Number(entry.seq) !== seq) wrong(`a hole at ${seq}`);
    if (
      header.seq !== seq ||
      header.device_id !== stream.device_id ||
      header.incarnation !== stream.incarnation ||
      header.op_id !== entry.op_id
    )
      wrong(`entry ${seq} is not what its header says`);
    if (entry.body !== null && sha256(entry.body).toString('hex') !== header.body_hash)
      wrong(`entry ${seq} has another body`);
    hash = sha256(hash, entry.header);
    if (!hash.equals(entry.hash)) wrong(`the chain breaks at ${seq}`);
  }
  if (Number(stream.acked_seq) !== entries.length)
    wrong(`says ${stream.acked_seq}, and has ${entries.length}`);
  if (stream.safe_seq !== stream.acked_seq) wrong(`${stream.safe_seq} of ${stream.acked_seq} are safe`);
  if (!hash.equals(stream.head_hash)) wrong('its head is another hash');
}

function auditSeals(input: {
  stream: StreamRow;
  seals: readonly SealRow[];
  entries: readonly EntryRow[];
  keys: ReadonlyMap<string, Uint8Array>;
  problems: string[];
}): void {
  const { stream, seals, entries, keys, problems } = input;
  const name = nameOf(stream);
  for (const seal of seals) {
    const said = openSeal(seal, keys);
    const head = said?.heads.find(
      (each) => each.incarnation === stream.incarnation && each.lane === stream.lane,
    );
    const entry = entries[Number(seal.seq) - 1];
    if (head?.seq !== Number(seal.seq) || head.hash !== entry?.hash.toString('hex'))
      problems.push(`hub, stream ${name}: the seal at ${seal.seq} does not vouch for what is there`);
  }
  if (entries.length > 0 && Number(seals.at(-1)?.seq) !== entries.length)
    problems.push(`hub, stream ${name}: its end has no seal`);
}

/** Everything that is safe is in the archive, to the byte. */
function auditArchive(entries: readonly EntryRow[], at: { archiveFolder: string; problems: string[] }): void {
  const lines = new Set<string>();
  for (const path of existsSync(at.archiveFolder)
    ? readdirSync(at.archiveFolder, { recursive: true, encoding: 'utf8' })
    : []) {
    if (!path.endsWith('.ndjson') || path.startsWith('staging')) continue;
    for (const line of readFileSync(join(at.archiveFolder, path), 'utf8').split('\n')) lines.add(line);
  }
  const lacking = entries.filter(({ header }) => !lines.has(header.toString()));
  if (lacking.length > 0) at.problems.push(`the archive lacks ${lacking.length} entries`);
}

function auditBooking(input: {
  booking: BookingRow;
  entry: EntryRow | undefined;
  postings: readonly PostingRow[];
  problems: string[];
}): Booked {
  const { booking, entry, postings, problems } = input;
  const wrong = (what: string) => problems.push(`booking ${booking.booking_no} (${booking.op_id}): ${what}`);
  const booked: Booked = {
    opId: booking.op_id,
    deviceId: booking.device_id,
    reference: booking.customer_reference ?? '',
    currency: booking.currency,
    amountMinor: BigInt(booking.amount_minor),
    receiptCode: booking.receipt_code,
  };
  if (entry?.body == null || entry.op_id !== booking.op_id) {
    wrong('its entry is not there');
    return booked;
  }
  const { body }: Body = JSON.parse(entry.body.toString());
  const { body_hash }: { body_hash: string } = JSON.parse(entry.header.toString());
  const minor = (text: string) => minorOf(text, body.currency);
  const tenders = body.tenders.reduce((sum, tender) => sum + minor(tender.amount), 0n);
  const inAccount = (account: string) =>
    postings
      .filter((posting) => posting.account === account)
      .reduce((sum, posting) => sum + BigInt(posting.amount_minor), 0n);
  if (postings.some((posting) => posting.currency !== body.currency)) wrong('a posting in another currency');
  if (postings.reduce((sum, posting) => sum + BigInt(posting.amount_minor), 0n) !== 0n)
    wrong('its postings do not sum to zero');
  if (tenders - minor(body.change) !== minor(body.amount_total))
    wrong('tenders less change are not the sale');
  if (inAccount('sales') !== -minor(body.amount_total)) wrong('the sale is not what was posted');
  if (inAccount('cash_drawer') !== minor(body.amount_total)) wrong('the drawer is not what was posted');
  if (booked.amountMinor !== minor(body.amount_total) || booked.currency !== body.currency)
    wrong('the amount is not that of its entry');
  if (booked.receiptCode !== codeOnReceipt(booking.op_id, body_hash))
    wrong('the receipt code is not that of its entry');
  return booked;
}

function codesOf(entries: readonly EntryRow[]): Map<string, Set<string>> {
  const codes = new Map<string, Set<string>>();
  for (const { op_id, header } of entries) {
    const { body_hash }: { body_hash: string } = JSON.parse(header.toString());
    codes.set(op_id, (codes.get(op_id) ?? new Set()).add(codeOnReceipt(op_id, body_hash)));
  }
  return codes;
}

async function readFeed(client: Client): Promise<Map<string, Set<string>>> {
  const { rows } = await client.query<{ scope: string; collection: string; key: string; value: unknown }>(
    'SELECT scope, collection, key, value FROM feed_item WHERE value IS NOT NULL',
  );
  const feed = new Map<string, Set<string>>();
  for (const row of rows) feed.set(row.scope, (feed.get(row.scope) ?? new Set()).add(feedText(row)));
  return feed;
}
