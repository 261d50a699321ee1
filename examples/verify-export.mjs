/**
 * Verifies an export of Holdfast from docs/protocol.md alone: Node and nothing else. An example to read and to port;
 * `holdfast verify` checks more (every column, the archive, who waits for what) and says it better.
 *
 *   zcat ledger.ndjson.gz | node verify-export.mjs [KEY_ID…]
 *
 * Prints the first wrong record, or that there is none. The KEY_IDs are those to trust, as the devices show them.
 */
import { createHash, createPublicKey, verify } from 'node:crypto';

const ZERO = '0'.repeat(64);
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const [, , ...trusted] = process.argv;
if (process.stdin.isTTY || trusted.some((id) => !id.startsWith('dk_'))) {
  process.stderr.write('Usage: zcat ledger.ndjson.gz | node verify-export.mjs [KEY_ID…]\n');
  process.exit(2);
}

const sha256 = (...parts) =>
  createHash('sha256').update(Buffer.concat(parts.map((each) => Buffer.from(each))));
const hex = (...parts) => sha256(...parts).digest('hex');
let first; // What is wrong first, by its line.
let line = 0;

function fail(sentence, at = line) {
  // Cut, and without what a terminal would act on: the words may be those of the file.
  if (first === undefined || at < first.line)
    first = { line: at, sentence: sentence.slice(0, 300).replaceAll(/[\p{Cc}\p{Cf}]/gu, '?') };
}

/** Fails for each member of `row` that is not as in `wanted`. */
function expect(name, row, wanted) {
  for (const [member, value] of Object.entries(wanted))
    if (row[member] !== value) fail(`${name}: ${member} is ${row[member]} and should be ${value}`);
}

function receiptCode({ op_id, body_hash }) {
  const bits = BigInt(`0x${hex(op_id, body_hash)}`) >> 206n; // The first 50 of 256.
  const digits = Array.from({ length: 10 }, (_, i) => CROCKFORD[Number((bits >> BigInt(45 - 5 * i)) & 31n)]);
  return `${digits.slice(0, 5).join('')}-${digits.slice(5).join('')}`;
}

const DECIMALS = [
  ['BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF', 0],
  ['BHD IQD JOD KWD LYD OMR TND', 3],
  ['CLF UYW', 4],
];

function minor(amount, currency) {
  const [, decimals] = DECIMALS.find(([codes]) => codes.split(' ').includes(currency)) ?? ['', 2];
  const [whole, fraction = ''] = amount.split('.');
  if (!/^-?\d+(\.\d+)?$/.test(amount) || /[1-9]/.test(fraction.slice(decimals)))
    throw new Error(`${amount} is no amount of ${currency}`); // BigInt would read 0x10, too.
  return BigInt(whole + fraction.slice(0, decimals).padEnd(decimals, '0'));
}

const keys = new Map();

function takeKey({ key_id, public_key, device_id }) {
  const thumbprint = sha256(`{"crv":"Ed25519","kty":"OKP","x":"${public_key}"}`).digest('base64url');
  if (key_id !== `dk_${thumbprint}`) return fail(`the public key is not ${key_id}`);
  const der = Buffer.concat([SPKI, Buffer.from(public_key, 'base64url')]);
  keys.set(key_id, { key: createPublicKey({ key: der, format: 'der', type: 'spki' }), device_id, line });
}

let stream;
let last; // The last entry that was read: its seq, and its hash as stored.
let sealed = 0;
let count = 0; // Entries of the stream.
let unsealed = 0; // Entries that a hub wrote or an edge pulled back: no device vouches for them here.
const isPulled = () => ['repull', 'history'].includes(stream.closed_why);

function takeStream(record) {
  endStream();
  stream = record;
  last = { seq: record.pruned_seq ?? 0, hash: record.pruned_hash ?? ZERO, isStart: true };
  sealed = 0;
  count = 0;
}

function endStream() {
  if (stream === undefined || (last.isStart && isPulled())) return;
  const isEdge = stream.record === 'edge_stream';
  const end = isEdge
    ? { tip_seq: last.seq, tip_hash: last.hash }
    : { acked_seq: last.seq, head_hash: last.hash };
  expect('stream', stream, end);
  const isUnsealed = isPulled() || /^0+$/.test(stream.incarnation);
  if (isUnsealed) unsealed += count;
  else if (!last.isStart && sealed !== last.seq) fail('the last entry of the stream has no seal');
}

function checkSeal({ statement, signature }, { seq, hash: entryHash }) {
  const said = JSON.parse(statement);
  const known = keys.get(said.key_id);
  if (known === undefined || ![null, said.device_id].includes(known.device_id)) return fail('unknown key');
  if (trusted.length > 0 && !trusted.includes(said.key_id)) fail(`${said.key_id} is not trusted`, known.line);
  const signed = Buffer.from(`holdfast-seal-v1\n${statement}`);
  if (!verify(null, signed, known.key, Buffer.from(signature, 'base64url'))) return fail('wrong signature');
  const { device_id, incarnation, lane } = stream;
  const head = said.heads.find(
    (each) => each.seq === seq && each.incarnation === incarnation && each.lane === lane,
  );
  if (said.device_id !== device_id || head?.hash !== entryHash) return fail('the seal is for something else');
  sealed = seq;
}

/** The header, once the entry is found to stand in its chain with its body and its seal. */
function takeEntry(record) {
  if (last.isStart && isPulled() && last.seq === 0) last = { seq: record.seq - 1, hash: stream.start_hash };
  if (record.seq !== last.seq + 1) fail(`entry ${record.seq} follows entry ${last.seq}`);
  else if (last.hash !== null && hex(Buffer.from(last.hash, 'hex'), record.header) !== record.hash)
    fail('the chain is broken here');
  last = { seq: record.seq, hash: record.hash };
  count += 1;
  const header = JSON.parse(record.header);
  const { device_id, incarnation, lane } = stream;
  expect('header', header, { device_id, incarnation, lane, seq: record.seq });
  if (record.body !== null && hex(record.body) !== header.body_hash) fail('the body does not have its hash');
  if (record.seal !== null) checkSeal(record.seal, record);
  return header;
}

const owners = new Map(); // op_id → kind and body hash, at the hub; every op_id with a transaction, at an edge
const repeats = [];

function takeHubEntry(record) {
  const header = takeEntry(record);
  const { op_id, kind, body_hash } = header;
  const [op] = record.ops;
  expect('entry', record, { op_id, kind });
  if (op === undefined)
    repeats.push({ line, op_id, content: record.quarantine ? undefined : kind + body_hash });
  else {
    expect('op', op, { op_id, kind, body_hash });
    if (owners.has(op_id)) fail('the operation is there twice');
    owners.set(op_id, kind + body_hash);
  }
  const isBooked = op !== undefined && op.booking_no !== null;
  if (record.bookings.length !== (isBooked ? 1 : 0)) fail('it is not booked as its operation says');
  if (op !== undefined && !isBooked && record.quarantine === null) fail('it is neither booked nor waiting');
  if (isBooked && record.bookings.length === 1) checkBooking(record, header, record.bookings[0]);
}

function checkBooking({ ops, received_at, body }, header, booking) {
  const { booking_no, op_id } = ops[0];
  expect('booking', booking, { booking_no, op_id, received_at, receipt_code: receiptCode(header) });
  const sum = booking.postings.reduce((total, { amount_minor }) => total + BigInt(amount_minor), 0n);
  if (sum !== 0n) fail('the postings do not sum to zero');
  if (body === null) return;
  const { currency, cashier_id, customer_reference, tenders, change, amount_total } = JSON.parse(body).body;
  const total = minor(amount_total, currency);
  const lines = tenders.map((tender) => ['cash_drawer', minor(tender.amount, currency)]);
  if (minor(change, currency) !== 0n) lines.push(['cash_drawer', -minor(change, currency)]);
  lines.push(['sales', -total]);
  const wanted = lines.map(([account, amount], i) => `${i + 1} ${account} ${currency} ${amount}`);
  const found = booking.postings.map(
    (each) => `${each.line} ${each.account} ${each.currency} ${each.amount_minor}`,
  );
  if (found.join() !== wanted.join()) fail(`the postings are ${found} and should be ${wanted}`);
  expect('booking', booking, { currency, cashier_id, amount_minor: String(total) });
  expect('booking', booking, { created_at: new Date(header.at).toISOString() });
  expect('booking', booking, { customer_reference: customer_reference || null });
}

function takeEdgeEntry(record) {
  const header = takeEntry(record);
  const { body, seq, transaction: row } = record;
  if (row === null && (header.kind !== 'sale' || body === null)) return;
  const { op_id, terminal_id, at: created_at } = header;
  if (row === null) return void repeats.push({ line, op_id });
  owners.set(row.op_id, undefined);
  expect('transaction', row, { op_id, terminal_id, created_at, receipt_code: receiptCode(header) });
  if ((row.synced_at !== null) !== seq <= stream.acked_seq) fail('synced_at contradicts the last ack');
  if (body === null) return;
  const { currency, cashier_id, customer_reference, amount_total, change, payload } = JSON.parse(body).body;
  const request_hash = hex(payload);
  const [amount_minor, change_minor] = [amount_total, change].map((each) => String(minor(each, currency)));
  expect('transaction', row, { request_hash, cashier_id, customer_reference });
  expect('transaction', row, { currency, amount_minor, change_minor });
}

const TAKE = {
  export: ({ v }) => (v === 1 ? undefined : fail(`version ${v} of the format is not known`)),
  key: takeKey,
  edge_stream: takeStream,
  hub_stream: takeStream,
  edge_entry: takeEdgeEntry,
  hub_entry: takeHubEntry,
  pruned: ({ transaction }) => transaction && owners.set(transaction.op_id, undefined),
  orphan: ({ table }) => fail(`a row of ${table} belongs to nothing`),
  end: ({ records }) => (records === line - 1 ? undefined : fail('records are missing')),
};

let kind;
function takeLine(text) {
  line += 1;
  try {
    const record = JSON.parse(text);
    kind = record.record;
    TAKE[kind]?.(record);
  } catch (error) {
    fail(`it cannot be read: ${error.message}`);
  }
}

// Split at line feeds alone: Node's readline also splits at U+2028, which may stand in a text. No record is as long as
// what a small file can unpack to.
let rest = [];
let length = 0;
for await (const chunk of process.stdin.setEncoding('utf8')) {
  const [begun, ...others] = chunk.split('\n');
  rest.push(begun);
  length += begun.length;
  if (length > 2 ** 27) break;
  if (others.length === 0) continue;
  takeLine(rest.join(''));
  rest = [others.pop()];
  length = rest[0].length;
  others.forEach(takeLine);
}
endStream();
if (kind !== 'end') fail('the export ends before its end');
for (const { line: at, op_id, content } of repeats)
  if (!owners.has(op_id) || owners.get(op_id) !== (content ?? owners.get(op_id)))
    fail('nobody owns the operation as it is here', at);

const remark = unsealed === 0 ? '' : `; no seal vouches for ${unsealed} of the entries`;
process.stdout.write(
  first ? `record ${first.line}: ${first.sentence}\n` : `${line} records, nothing wrong${remark}\n`,
);
process.exitCode = first ? 4 : 0;
